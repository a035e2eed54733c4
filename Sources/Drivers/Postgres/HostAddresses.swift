import Basics
import Glibc
import Loop

/// The numeric addresses of a host. libpq would look a name up while the loop waits for it.
enum HostAddresses {
    /// The result of a look-up: the addresses, or the number that `getaddrinfo` failed with.
    private enum Answer: Sendable {
        case found([String])
        case failed(Int32)
    }

    /// None for a socket folder, itself for a number, and otherwise what the resolver says, in its order.
    static func find(_ options: ConnectionOptions, before deadline: ContinuousClock.Instant, on loop: EventLoop)
        async throws
        -> [String]
    {
        if options.isLocalSocket { return [] }
        if isNumeric(options.host) { return [options.host] }
        let name = options.host
        let lookUp = BlockingCall.start(on: loop) { resolve(name) }
        let timer = loop.schedule(after: ContinuousClock.now.duration(to: deadline)) {
            lookUp.fail(PostgresError.noAnswer(options))
        }
        defer { timer.cancel() }
        switch try await lookUp.value(on: loop) {
        case .found(let addresses): return addresses
        case .failed(let number): throw PostgresError.unknownHost(options, number)
        }
    }

    static func isNumeric(_ host: String) -> Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
    }

    private static func resolve(_ name: String) -> Answer {
        var wanted = addrinfo()
        wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name, nil, &wanted, &first)
        guard status == 0 else { return .failed(status) }
        defer { freeaddrinfo(first) }
        var addresses: [String] = []
        var next = first
        while let entry = next?.pointee {
            if let number = numeric(entry) { addresses.append(number) }
            next = entry.ai_next
        }
        return addresses.isEmpty ? .failed(EAI_NONAME) : .found(addresses)
    }

    private static func numeric(_ entry: addrinfo) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { text in
            let size = socklen_t(text.count)
            let status = getnameinfo(entry.ai_addr, entry.ai_addrlen, text.baseAddress, size, nil, 0, NI_NUMERICHOST)
            return status == 0 ? text.baseAddress.map { String(cString: $0) } : nil
        }
    }
}

extension PostgresError {
    /// The host's name leads to no address.
    static func unknownHost(_ options: ConnectionOptions, _ number: Int32) -> PostgresError {
        let meaning = gai_strerror(number).map { String(cString: $0) } ?? "error \(number)"
        let explained = ParlorError(
            .connection, "no connection to PostgreSQL at \(options.address)",
            why: "the name \(options.host) has no address: \(meaning.prefix(1).lowercased() + meaning.dropFirst())",
            hint: "Check the name, or write an address like 127.0.0.1.")
        return PostgresError(.unreachable, explained, isTransient: number == EAI_AGAIN)
    }
}
