import JSONText

extension EtcdClient {
    /// The newest value of a key; nil when there is none.
    public func get(_ key: EtcdKey, within limit: Duration? = nil) async throws -> EtcdKeyValue? {
        try await range(.one(key), within: limit).values.first
    }

    /// What stands under some keys.
    public func range(
        _ keys: EtcdKeys, _ reading: EtcdReading = EtcdReading(), within limit: Duration? = nil
    ) async throws -> EtcdRange {
        var call = EtcdCall("/v3/kv/range", isRepeatable: true) { json in
            keys.writeMembers(to: &json)
            json.optionalMember("limit", reading.limit)
            json.optionalMember("revision", reading.revision)
            if reading.isWithoutValues { json.member("keys_only", true) }
            if reading.isLocal { json.member("serializable", true) }
        }
        call.needsLeader = !reading.isLocal
        return try await answer(call, within: limit) { json throws(JSONFault) in try EtcdRange(reading: &json) }
    }

    /// Writes a value, which ends with the lease if there is one; gives back the revision.
    ///
    /// `mayRepeat` says that it may be written twice when it is not known whether it was written.
    @discardableResult
    public func put(
        _ key: EtcdKey, _ value: [UInt8], lease: EtcdLease.Identity? = nil, mayRepeat: Bool = false,
        within limit: Duration? = nil
    ) async throws -> Int64 {
        let call = EtcdCall("/v3/kv/put", isRepeatable: mayRepeat) { json in
            EtcdOperation.writePut(key, value, lease, to: &json)
        }
        return try await answer(call, within: limit) { json throws(JSONFault) in try EtcdHeader(of: &json) }.revision
    }

    /// Writes a text.
    @discardableResult
    public func put(
        _ key: EtcdKey, _ text: String, lease: EtcdLease.Identity? = nil, mayRepeat: Bool = false,
        within limit: Duration? = nil
    ) async throws -> Int64 {
        try await put(key, Array(text.utf8), lease: lease, mayRepeat: mayRepeat, within: limit)
    }

    /// Deletes some keys. `mayRepeat` says that it may be done twice when it is not known whether it was done.
    @discardableResult
    public func delete(
        _ keys: EtcdKeys, mayRepeat: Bool = false, within limit: Duration? = nil
    ) async throws -> EtcdDeletion {
        let call = EtcdCall("/v3/kv/deleterange", isRepeatable: mayRepeat) { json in keys.writeMembers(to: &json) }
        return try await answer(call, within: limit) { json throws(JSONFault) in try EtcdDeletion(reading: &json) }
    }

    /// Does the operations of `then` when all comparisons hold, else those of `otherwise`: all of them at one revision,
    /// or none.
    ///
    /// `mayRepeat` says that it may be done twice when it is not known whether it was done.
    @discardableResult
    public func transaction(
        if comparisons: [EtcdComparison] = [], then: [EtcdOperation], otherwise: [EtcdOperation] = [],
        mayRepeat: Bool = false, within limit: Duration? = nil
    ) async throws -> EtcdTransaction {
        let call = EtcdCall("/v3/kv/txn", isRepeatable: mayRepeat) { json in
            json.member("compare") { json in json.list { json in for each in comparisons { each.write(to: &json) } } }
            json.member("success") { json in json.list { json in for each in then { each.write(to: &json) } } }
            json.member("failure") { json in json.list { json in for each in otherwise { each.write(to: &json) } } }
        }
        return try await answer(call, within: limit) { json throws(JSONFault) in try EtcdTransaction(reading: &json) }
    }

    /// Throws away everything that was overwritten or deleted before a revision; fine to do twice.
    public func compact(upTo revision: Int64, within limit: Duration? = nil) async throws {
        let call = EtcdCall("/v3/kv/compaction", isRepeatable: true) { json in json.member("revision", revision) }
        do {
            _ = try await answer(call, within: limit) { json throws(JSONFault) in try EtcdHeader(of: &json) }
        } catch let error as EtcdError where error.kind == .compacted {
            // That has been done before, at the latest by the first attempt of this call.
        }
    }
}
