import Basics
import Loop

/// The numeric addresses of a host. libpq would look a name up while the loop waits for it.
enum HostAddresses {
    /// None for a socket folder, itself for a number, and otherwise what the resolver says, in its order.
    static func find(
        _ options: ConnectionOptions, before deadline: ContinuousClock.Instant, on loop: EventLoop
    ) async throws -> [String] {
        if options.isLocalSocket { return [] }
        do {
            let limit = ContinuousClock.now.duration(to: deadline)
            let addresses = try await loop.resolve(options.host, port: options.port, within: limit)
            return addresses.compactMap { if case .tcp(let host, _) = $0 { host } else { nil } }
        } catch let error as ParlorError {
            guard let fault = error.nameFault else { throw PostgresError.noAnswer(options) }
            throw PostgresError.unknownHost(options, fault)
        }
    }
}

extension PostgresError {
    /// The host's name leads to no address.
    static func unknownHost(_ options: ConnectionOptions, _ fault: NameFault) -> PostgresError {
        let explained = ParlorError(
            .connection, "no connection to PostgreSQL at \(options.address)",
            why: "the name \(options.host) has no address: \(fault.words)",
            hint: "Check the name, or write an address like 127.0.0.1.")
        return PostgresError(.unreachable, explained, isTransient: fault.isTransient)
    }
}
