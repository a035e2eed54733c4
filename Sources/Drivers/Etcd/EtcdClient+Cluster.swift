public import HTTP
import Basics
import JSONText

extension EtcdClient {
    /// The members, as whoever answers first knows them; also while the cluster has no leader.
    public func members(within limit: Duration? = nil) async throws -> [EtcdMemberDescription] {
        var call = EtcdCall("/v3/cluster/member/list", isRepeatable: true)
        call.needsLeader = false
        return try await answer(call, within: limit) { json throws(JSONFault) in
            try json.list("members") { json throws(JSONFault) in try EtcdMemberDescription(reading: &json) }
        }
    }

    /// Counts a member out, by its number: it has no vote any more, and ends.
    public func remove(member: UInt64, within limit: Duration? = nil) async throws {
        let call = EtcdCall("/v3/cluster/member/remove", isRepeatable: false) { json in
            json.member("ID", "\(member)")
        }
        try await answer(call, within: limit) { _ throws(JSONFault) in }
    }

    /// Counts a member in that is to be started then, by where the others will reach it.
    public func add(memberAt peerAddress: String, within limit: Duration? = nil) async throws {
        let call = EtcdCall("/v3/cluster/member/add", isRepeatable: false) { json in
            json.name("peerURLs")
            json.list { $0.append(peerAddress) }
        }
        try await answer(call, within: limit) { _ throws(JSONFault) in }
    }

    /// Tells all members where one of them is reached by the others from now on.
    public func move(member: UInt64, to peerAddress: String, within limit: Duration? = nil) async throws {
        let call = EtcdCall("/v3/cluster/member/update", isRepeatable: true) { json in
            json.member("ID", "\(member)")
            json.name("peerURLs")
            json.list { $0.append(peerAddress) }
        }
        try await answer(call, within: limit) { _ throws(JSONFault) in }
    }

    /// How one member stands, in its own words.
    public func status(at endpoint: HTTPOrigin, within limit: Duration? = nil) async throws -> EtcdStatus {
        var call = EtcdCall("/v3/maintenance/status", isRepeatable: true)
        call.needsLeader = false
        return try await ask(endpoint, call, within: limit ?? options.attemptLimit) { json throws(JSONFault) in
            try EtcdStatus(reading: &json)
        }
    }

    /// Has another member lead, by its number; only the one that leads can be asked for that. Comes back when it leads.
    public func handOver(
        to member: UInt64, at leader: HTTPOrigin, within limit: Duration? = nil
    ) async throws {
        let call = EtcdCall("/v3/maintenance/transfer-leadership", isRepeatable: true) { json in
            json.member("targetID", "\(member)")
        }
        // The answer says nothing; what went wrong would be an error.
        try await ask(leader, call, within: limit ?? options.limit) { _ throws(JSONFault) in }
    }

    /// Whether one member can serve: it has a leader, and a read that the cluster confirms comes through.
    public func health(at endpoint: HTTPOrigin, within limit: Duration? = nil) async throws -> EtcdHealth {
        let response: HTTPResponse
        do {
            response = try await http.get("/health", at: endpoint, within: limit ?? options.attemptLimit)
        } catch let error as ParlorError {
            throw EtcdError.unanswered(endpoint, error, wasSent: false)
        }
        // Status 503 is an answer too.
        return try parse(response.body, endpoint, mayHaveRun: false) { json throws(JSONFault) in
            try EtcdHealth(reading: &json)
        }
    }
}
