import Basics

extension Socket {
    /// Connects to the first of the addresses that answers, trying them in turn. Each gets its share of what is left of
    /// `limit`, so that one that never answers does not use up the time of the others.
    public static func connect(
        toAnyOf addresses: [SocketAddress], within limit: Duration, on loop: EventLoop
    ) async throws -> Socket {
        let deadline = loop.now.advanced(by: limit)
        var failures: [ParlorError] = []
        for (place, address) in addresses.enumerated() {
            let share = loop.now.duration(to: deadline) / (addresses.count - place)
            do {
                return try await connect(to: address, within: share, on: loop)
            } catch let error as ParlorError {
                failures.append(error)
            }
        }
        throw unreachable(failures)
    }

    /// Looks a host up and connects to the first of its addresses that answers.
    public static func connect(
        toHost host: String, port: Int, within limit: Duration, on loop: EventLoop
    ) async throws -> Socket {
        let deadline = loop.now.advanced(by: limit)
        let addresses = try await loop.resolve(host, port: port, within: limit)
        return try await connect(toAnyOf: addresses, within: loop.now.duration(to: deadline), on: loop)
    }

    /// One error of all; a timeout when every address kept silent.
    private static func unreachable(_ failures: [ParlorError]) -> ParlorError {
        guard let first = failures.first else {
            return ParlorError(.connection, "there is no address to connect to")
        }
        if failures.count == 1 { return first }
        let isSilent = failures.allSatisfy { $0.code == .timeout }
        return ParlorError(
            isSilent ? .timeout : .connection, "none of \(failures.count) addresses answered",
            why: failures.map(\.summary).joined(separator: "; "))
    }
}
