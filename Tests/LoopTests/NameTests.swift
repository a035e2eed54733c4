import Basics
import Loop
import LoopTestSupport
import Testing

@Suite struct NameTests {
    @Test("The machine's own name leads to addresses of the loopback, with the port")
    func localhost() async throws {
        try await EventLoop.onThread { loop in
            let addresses = try await loop.resolve("localhost", port: 5432, within: .seconds(10))
            #expect(!addresses.isEmpty)
            let own: [SocketAddress] = [.tcp(host: "127.0.0.1", port: 5432), .tcp(host: "::1", port: 5432)]
            #expect(addresses.allSatisfy { own.contains($0) })
            #expect(Set(addresses).count == addresses.count)
        }
    }

    @Test("A numeric address is its own answer", arguments: ["127.0.0.1", "::1", "2001:db8::7"])
    func numeric(host: String) async throws {
        try await EventLoop.onThread { loop in
            let addresses = try await loop.resolve(host, port: 1, within: .zero)
            #expect(addresses == [.tcp(host: host, port: 1)])
        }
    }

    @Test("A name that leads nowhere is an error that says so", arguments: ["nowhere.invalid", "not a name", ""])
    func unknown(name: String) async throws {
        try await EventLoop.onThread { loop in
            let error = await #expect(throws: ParlorError.self) {
                try await loop.resolve(name, port: 1, within: .seconds(30))
            }
            #expect(error?.code == .connection)
            #expect(error?.what == "the name \(name) has no address")
            #expect(error?.nameFault != nil)
            #expect(error?.hint != nil)
        }
    }

    @Test("A look-up has a limit, and a cancelled task does not wait for it")
    func limits() async throws {
        try await EventLoop.onThread { loop in
            let error = await #expect(throws: ParlorError.self) {
                try await loop.resolve("salon.invalid", port: 1, within: .zero)
            }
            #expect(error?.code == .timeout)
            #expect(error?.what == "looking up the name salon.invalid took longer than 0 ms")
            let asking = Task(executorPreference: loop) {
                try await loop.resolve("salon.invalid", port: 1, within: .seconds(30))
            }
            asking.cancel()
            await #expect(throws: CancellationError.self) { try await asking.value }
        }
    }

    @Test("A host is reached by its name, whichever of its addresses answers")
    func byName() async throws {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            guard case .tcp(_, let port) = listener.address else { return }
            let client = try await Socket.connect(toHost: "localhost", port: port, within: .seconds(10), on: loop)
            #expect(client.peer == listener.address)
        }
    }

    @Test("Addresses are tried in turn, and when none answers, each is named")
    func inTurn() async throws {
        try await EventLoop.onThread { loop in
            let closed = try RefusingAddress(host: "127.0.0.1")
            let listener = try Listener(at: .tcp(host: "::1", port: 0), on: loop)
            let client = try await Socket.connect(
                toAnyOf: [closed.address, listener.address], within: .seconds(10), on: loop)
            #expect(client.peer == listener.address)
            let gone = try RefusingAddress(host: "::1")
            let error = await #expect(throws: ParlorError.self) {
                try await Socket.connect(toAnyOf: [closed.address, gone.address], within: .seconds(10), on: loop)
            }
            #expect(error?.code == .connection)
            #expect(
                error?.summary == """
                    none of 2 addresses answered: no connection to \(closed.address): connection refused; \
                    no connection to \(gone.address): connection refused
                    """)
            let none = await #expect(throws: ParlorError.self) {
                try await Socket.connect(toAnyOf: [], within: .seconds(10), on: loop)
            }
            #expect(none?.what == "there is no address to connect to")
        }
    }

    @Test("An address that never answers uses up its share of the time only")
    func share() async throws {
        let clock = ManualClock()
        try await EventLoop.onThread(clock: .manual(clock)) { loop in
            // Its queue is full and nobody accepts, so the kernel answers no further visitor.
            let silent = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop, backlog: 0)
            let first = try await Socket.connect(to: silent.address, within: .seconds(10), on: loop)
            defer { first.close() }
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            let addresses = [silent.address, listener.address]
            let connecting = Task(executorPreference: loop) {
                try await Socket.connect(toAnyOf: addresses, within: .seconds(10), on: loop).peer
            }
            await clock.timersArePending()
            #expect(clock.untilNext == .seconds(5))
            await clock.advance(by: .seconds(5))
            #expect(try await connecting.value == listener.address)
        }
    }
}
