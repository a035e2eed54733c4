import Basics
import Configuration
import HTTP
import HTTPTestSupport
import Loop
import Testing

@testable import API

@Suite("A service on several loops") struct ServiceLoopTests {
    /// Runs `body` with a service on two loops, and a client of the second one beside that of the first.
    private func withTwo(
        _ configure: @escaping @Sendable (inout Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestedAPI, HTTPTestClient) async throws -> Void
    ) async throws {
        try await TestedAPI.run(loops: 2, configure: configure) { api in
            let second = api.service.loops[1]
            try await TestedService.run(.handler, second.router, on: second.loop) { try await body(api, $0) }
        }
    }

    @Test("The limit of a salon is one for all loops")
    func limit() async throws {
        try await withTwo {
            $0.api.readsPerMinute = 3
        } _: { api, second in
            let (path, headers) = ("\(api.salon)/services", api.headers(of: .owner))
            for left in [2, 1, 0] {
                let response =
                    left == 1 ? try await second.get(path, headers: headers) : try await api.get(path, headers: headers)
                #expect(response.headers["RateLimit"]?.hasPrefix("\"read\";r=\(left);") == true)
            }
            #expect(try await second.get(path, headers: headers).status == .tooManyRequests)
            #expect(try await api.get(path).status == .tooManyRequests)
        }
    }

    @Test("Who signs out on one loop is out on all of them at once")
    func signOut() async throws {
        try await withTwo { api, second in
            let (path, headers) = ("\(api.salon)/services", api.headers(of: .owner))
            let known = try await second.get(path, headers: headers)
            #expect(known.status == .ok)
            #expect(try await api.send(.delete, "/v1/sessions/current").status == .noContent)
            #expect(try await second.get(path, headers: headers).status == .unauthorized)
        }
    }

    @Test("Every loop answers at the one port, whoever comes, and a second service is told that it is taken")
    func port() async throws {
        try await withTwo {
            $0.api.port = 0
        } _: { api, _ in
            let servers = try await api.service.listen()
            let address = servers[0].address
            #expect(servers.map(\.address) == [address, address])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for server in servers { group.addTask { try await server.run() } }
                try await api.loop.perform {
                    let taken = #expect(throws: ParlorError.self) { _ = try Listener(at: address, on: api.loop) }
                    #expect(taken?.code == .portTaken)
                    // A client that keeps no connection is somebody else each time, so both loops get some of these.
                    for _ in 0..<32 {
                        let answer = try await HTTPClient(on: api.loop).get(
                            "/health/live", at: address, within: .seconds(30))
                        #expect(answer.status == .ok)
                    }
                }
                for server in servers { server.shutDown(within: .seconds(10)) }
                try await group.waitForAll()
            }
        }
    }
}

@Suite struct ConnectionSharesTests {
    @Test("No process opens more connections than it may, and none less than it needs", arguments: 1...200)
    func total(size: Int) {
        for wanted in 1...64 {
            let shares = ConnectionShares(connections: size, loops: wanted)
            let each = shares.lines + shares.events + shares.transactions
            #expect(1 + shares.loops * each <= max(5, size))
            #expect((1...wanted).contains(shares.loops))
            #expect(shares.lines >= 1 && (1...4).contains(shares.events) && shares.transactions >= 2)
        }
    }

    @Test(
        "There is a loop for each core, four at most, unless somebody says how many or the connections do not reach",
        arguments: [
            (1, nil, 20, 1), (2, nil, 20, 2), (4, nil, 20, 4), (16, nil, 20, 4), (16, nil, 10, 2), (2, 8, 50, 8),
            (2, 8, 20, 4), (8, 1, 20, 1), (4, nil, 4, 1),
        ])
    func loops(cores: Int, wanted: Int?, size: Int, expected: Int) {
        var configuration = Configuration()
        (configuration.api.loops, configuration.database.poolSize) = (wanted, size)
        #expect(ConnectionShares(configuration, cores: cores).loops == expected)
    }
}
