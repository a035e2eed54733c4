import JSONText

extension EtcdHeader {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        cluster = try json.whole("cluster_id")
        member = try json.whole("member_id")
        revision = try json.whole("revision")
        term = try json.whole("raft_term")
    }

    /// The header of the answer that the cursor is at.
    init(of json: inout JSONCursor) throws(JSONFault) {
        self = try json.required("header") { json throws(JSONFault) in try EtcdHeader(reading: &json) }
    }
}

extension EtcdKeyValue {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        key = EtcdKey(try json.bytes("key"))
        createRevision = try json.whole("create_revision")
        modRevision = try json.whole("mod_revision")
        version = try json.whole("version")
        value = try json.bytes("value")
        lease = EtcdLease.Identity(try json.whole("lease"))
    }
}

extension EtcdRange {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        header = try EtcdHeader(of: &json)
        values = try json.list("kvs") { json throws(JSONFault) in try EtcdKeyValue(reading: &json) }
        hasMore = try json.flag("more")
        count = try json.whole("count")
    }
}

extension EtcdDeletion {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        header = try EtcdHeader(of: &json)
        count = try json.whole("deleted")
    }
}

extension EtcdTransaction {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        header = try EtcdHeader(of: &json)
        succeeded = try json.flag("succeeded")
        outcomes = try json.list("responses") { json throws(JSONFault) in try Outcome(reading: &json) }
    }
}

extension EtcdTransaction.Outcome {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        let values = try json.optional("response_range") { json throws(JSONFault) in
            try json.list("kvs") { json throws(JSONFault) in try EtcdKeyValue(reading: &json) }
        }
        let deleted = try json.optional("response_delete_range") { json throws(JSONFault) in
            try json.whole("deleted", as: Int.self)
        }
        self = values.map { .range($0) } ?? deleted.map { .delete($0) } ?? .put
    }
}

extension EtcdLease {
    init?(reading json: inout JSONCursor) throws(JSONFault) {
        let seconds: Int64 = try json.whole("TTL")
        guard let identity = Identity(try json.whole("ID")), seconds > 0 else { return nil }
        self.identity = identity
        timeToLive = .seconds(seconds)
    }
}

extension EtcdLeaseStatus {
    init?(reading json: inout JSONCursor) throws(JSONFault) {
        let seconds: Int64 = try json.whole("TTL")
        guard seconds >= 0 else { return nil }
        remaining = .seconds(seconds)
        granted = .seconds(try json.whole("grantedTTL", as: Int64.self))
        keys = try json.list("keys") { json throws(JSONFault) in EtcdKey(try json.base64()) }
    }
}

extension EtcdMemberDescription {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        identity = try json.whole("ID")
        name = try json.words("name")
        peerAddresses = try json.optional("peerURLs") ?? []
        clientAddresses = try json.optional("clientURLs") ?? []
        isLearner = try json.flag("isLearner")
    }
}

extension EtcdStatus {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        header = try EtcdHeader(of: &json)
        version = try json.words("version")
        bytes = try json.whole("dbSize")
        let leader: UInt64 = try json.whole("leader")
        self.leader = leader == 0 ? nil : leader
        logIndex = try json.whole("raftIndex")
        appliedIndex = try json.whole("raftAppliedIndex")
        complaints = try json.optional("errors") ?? []
        bytesInUse = try json.whole("dbSizeInUse")
    }
}

extension EtcdHealth {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        isHealthy = try json.words("health") == "true"
        let reason = try json.words("reason")
        self.reason = reason.isEmpty ? nil : reason
    }
}
