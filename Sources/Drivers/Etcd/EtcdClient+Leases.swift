import JSONText

extension EtcdClient {
    /// A new lease, in whole seconds, of which etcd may give more than was asked for.
    ///
    /// When the answer is lost it is asked for again; a lease that nobody knows of ends by itself.
    public func grant(for timeToLive: Duration, within limit: Duration? = nil) async throws -> EtcdLease {
        let (seconds, rest) = timeToLive.components
        guard timeToLive > .zero else { throw EtcdError.unusable("a lease lasts for some time") }
        let call = EtcdCall("/v3/lease/grant", isRepeatable: true) { json in
            json.member("TTL", rest > 0 ? seconds + 1 : seconds)
        }
        let lease = try await answer(call, within: limit) { json throws(JSONFault) in try EtcdLease(reading: &json) }
        guard let lease else {
            throw EtcdError.unreadable(options.endpoints[0], "it granted no lease", mayHaveRun: true)
        }
        return lease
    }

    /// Begins a lease anew; nil when there is none any more.
    public func keepAlive(_ lease: EtcdLease.Identity, within limit: Duration? = nil) async throws -> EtcdLease? {
        let call = EtcdCall("/v3/lease/keepalive", isRepeatable: true) { json in json.member("ID", lease.number) }
        return try await answer(call, within: limit) { json throws(JSONFault) in
            // The gateway answers with a stream of which this is the only line.
            try json.required("result") { json throws(JSONFault) in try EtcdLease(reading: &json) }
        }
    }

    /// Ends a lease and deletes its keys, all at once; false when there was none any more.
    ///
    /// It is asked for again when the answer is lost, because no number is given twice; so false may also mean that the
    /// first attempt ended it.
    @discardableResult
    public func revoke(_ lease: EtcdLease.Identity, within limit: Duration? = nil) async throws -> Bool {
        let call = EtcdCall("/v3/lease/revoke", isRepeatable: true) { json in json.member("ID", lease.number) }
        do {
            _ = try await answer(call, within: limit) { json throws(JSONFault) in try EtcdHeader(of: &json) }
            return true
        } catch let error as EtcdError where error.kind == .leaseNotFound {
            return false
        }
    }

    /// How a lease stands; nil when there is none any more.
    public func status(
        of lease: EtcdLease.Identity, withKeys: Bool = false, within limit: Duration? = nil
    ) async throws -> EtcdLeaseStatus? {
        let call = EtcdCall("/v3/lease/timetolive", isRepeatable: true) { json in
            json.member("ID", lease.number)
            if withKeys { json.member("keys", true) }
        }
        do {
            return try await answer(call, within: limit) { json throws(JSONFault) in
                try EtcdLeaseStatus(reading: &json)
            }
        } catch let error as EtcdError where error.kind == .leaseNotFound {
            return nil
        }
    }
}
