import Basics
import Loop
import Testing

@testable import Hardening

/// Trials against servers that are wrong in a way that a real one cannot be made to be.
@Suite struct TrialTests {
    /// Answers one connection with `bytes`, once the client has said something.
    private func answering(
        _ bytes: [UInt8], _ body: @escaping @Sendable (HardenedSystem.Place, EventLoop) async throws -> Void
    ) async throws {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            defer { listener.close() }
            guard case .tcp(let host, let port) = listener.address else { return }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await body(HardenedSystem.Place("the fake", host, port), loop) }
                let socket = try await listener.accept()
                var heard: [UInt8] = []
                _ = try await socket.read(appendingTo: &heard, atMost: 4096)
                if !bytes.isEmpty { try await socket.write(bytes) }
                socket.close()
                try await group.waitForAll()
            }
        }
    }

    @Test(
        "A server that goes on in an old version is found out",
        arguments: [
            ([22, 3, 2, 0, 80, 2, 0, 0, 76, 3, 2], Attempt.admitted), ([21, 3, 1, 0, 2, 2, 70], .refused("alert 70")),
            ([22, 3, 3, 0, 80, 2, 0, 0, 76, 3, 3], .refused("it wants another version")), ([], .refused("it hung up")),
            (Array("HTTP/1.0 400 no".utf8), .unanswered("it does not speak TLS")),
        ] as [([UInt8], Attempt)])
    func oldVersion(answer: [UInt8], expected: Attempt) async throws {
        try await answering(answer) { place, loop in
            #expect(await Handshake(place, .none, on: loop).offer(.tls11) == expected)
        }
    }

    @Test(
        "A Redis that talks without encryption is found out",
        arguments: [
            ("+PONG\r\n", true), ("-NOAUTH Authentication required.\r\n", true), ("\u{15}\u{3}", false), ("", false),
        ])
    func plainCache(answer: String, isAdmitted: Bool) async throws {
        try await answering(Array(answer.utf8)) { place, loop in
            let found = await CacheTrial(place, .nowhere, loop).speakPlainly()
            #expect((found == .admitted) == isAdmitted)
        }
    }

    @Test("Where nobody listens, nothing is proved")
    func nobody() async throws {
        try await EventLoop.onThread { loop in
            let place = HardenedSystem.Place("nobody", "127.0.0.1", 1)
            for attempt in [
                await Handshake(place, .none, on: loop).offer(.tls12),
                await CacheTrial(place, .nowhere, loop).speakPlainly(),
                await .signIn(HardenedSystem.nowhere.options(.init("a", Secret("b")), at: place, "c"), on: loop),
            ] {
                guard case .unanswered = attempt else {
                    Issue.record("\(attempt)")
                    continue
                }
            }
        }
    }
}

extension HardenedSystem {
    /// A system of which nothing is there.
    static var nowhere: HardenedSystem {
        let (account, place) = (Account("a", Secret("a")), Place("nobody", "127.0.0.1", 1))
        return HardenedSystem(
            folder: "/nonexistent", owner: 1, administrator: "a", nodes: [], leader: nil, consensus: [], poolers: [],
            caches: [], agent: nil, service: place, database: "a", superuser: account, serviceRole: account,
            poolerRole: account,
            rewinder: account, management: account, redis: account, secrets: [], certificates: "/nonexistent",
            processes: [])
    }
}
