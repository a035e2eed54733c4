import Basics
import Drills
import FaultTestSupport
import Loop
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

@Suite(.serialized) struct WritersTests {
    private static let start = ContinuousClock.now

    /// Runs clients against a server until `body` has seen enough of them.
    private func withWriters(
        clients: Int, pace: Duration? = .milliseconds(20), connections: Int = 60,
        changing change: String? = nil,
        _ body: @escaping @Sendable (Writers, PrivateCluster, EventLoop) async throws -> Void,
        then check: @escaping @Sendable (RowCheck, WriterMeasurements) -> Void = { check, _ in #expect(check.holds) }
    ) async throws {
        let server = try PrivateCluster(settings: ["max_connections": "\(connections)"])
        let table = WriterTable(seed: SeededGenerator().seed)
        try await withTemporaryFolder { folder in
            try await EventLoop.onThread { loop in
                let session = try await PostgresSession.connect(server.options, on: loop)
                try await table.create(session)
                session.close()
                let journal = try await Journal.create("\(folder)/journal", on: loop)
                let writers = Writers(
                    WriterPlan(clients: clients, options: server.options, table: table, pace: pace), journal: journal)
                async let run: Void = writers.run(on: loop)
                try await body(writers, server, loop)
                writers.stop()
                try await run
                if let change {
                    let session = try await PostgresSession.connect(server.options, on: loop)
                    defer { session.close() }
                    try await session.query(change)
                }
                let found = try await Checker(table, on: loop).check(server.options, against: journal)
                #expect(found.acknowledged == writers.measurements.acknowledged)
                check(found, writers.measurements)
            }
        }
        server.kill()
    }

    @Test("Without a fault everything is acknowledged, nothing is unknown and nobody sees an error")
    func calm() async throws {
        try await withWriters(clients: 5, pace: nil) { writers, _, loop in
            try await writers.acknowledge(200, on: loop)
        } then: { check, measurements in
            #expect(check.holds && check.takenEffect == 0, "\(check)")
            #expect(measurements.errorCount == 0 && measurements.unknown == 0 && measurements.refused == 0)
            #expect((measurements.latency(0.5) ?? .zero) > .zero)
            #expect(measurements.latency(0.99) ?? .zero >= measurements.latency(0.5) ?? .zero)
            #expect(measurements.longestClientGap >= measurements.longestGap)
        }
    }

    @Test("Clients outlive a server that is killed and started again, and it keeps what it acknowledged")
    func killed() async throws {
        try await withWriters(clients: 8) { writers, server, loop in
            try await writers.acknowledge(40, on: loop)
            server.kill()
            try server.start()
            try await writers.acknowledge(40, on: loop)
        } then: { check, _ in
            #expect(check.holds, "\(check)")
        }
    }

    @Test("What the server refuses is refused, by its SQLSTATE, and is not there")
    func refused() async throws {
        try await withWriters(clients: 3) { writers, server, loop in
            let session = try await PostgresSession.connect(server.options, on: loop)
            defer { session.close() }
            try await session.query("ALTER TABLE fault_rows ADD CHECK (sequence % 2 = 0) NOT VALID")
            let before = writers.measurements.refused
            while writers.measurements.refused < before + 6 { try await writers.acknowledge(1, on: loop) }
        } then: { check, measurements in
            #expect(check.holds && measurements.unknown == 0, "\(check)")
            // What is refused while the clients are being stopped is no error that they would have seen.
            #expect(Array(measurements.errors.keys) == ["23514"] && measurements.errorCount <= measurements.refused)
        }
    }

    @Test("Control: a row that is removed by hand is found")
    func removed() async throws {
        try await withWriters(
            clients: 1, changing: "DELETE FROM fault_rows WHERE client = 1 AND sequence = 3"
        ) { writers, _, loop in
            try await writers.acknowledge(10, on: loop)
        } then: { check, _ in
            #expect(check.lost == [Operation(client: 1, sequence: 3)] && !check.holds)
        }
    }

    @Test("Control: a row that is doubled by hand is found")
    func doubled() async throws {
        try await withWriters(
            clients: 1, changing: "INSERT INTO fault_rows SELECT * FROM fault_rows WHERE client = 1 AND sequence = 2"
        ) { writers, _, loop in
            try await writers.acknowledge(10, on: loop)
        } then: { check, _ in
            #expect(check.doubled == [Operation(client: 1, sequence: 2)] && !check.holds)
        }
    }

    @Test("A thousand clients write in one process", .longFault)
    func thousand() async throws {
        try await withWriters(clients: 1000, pace: .milliseconds(500), connections: 1100) { writers, _, loop in
            try await writers.acknowledge(4000, on: loop)
        } then: { check, measurements in
            #expect(check.holds && measurements.errorCount == 0, "\(check) \(measurements.connectErrors)")
        }
    }

    @Test("The longest gap counts the time from the last answer to the end, of all clients and of one")
    func gaps() {
        var measurements = WriterMeasurements()
        func at(_ milliseconds: Int) -> ContinuousClock.Instant { Self.start + .milliseconds(milliseconds) }
        for (client, moment) in [(1, 0), (2, 30), (1, 100), (2, 150)] {
            measurements.acknowledge(client, at: at(moment), after: .milliseconds(moment))
        }
        #expect(measurements.longestGap == .milliseconds(70))
        #expect(measurements.longestClientGap == .milliseconds(120))
        measurements.end(1, at: at(400))
        #expect(measurements.longestGap == .milliseconds(250) && measurements.longestClientGap == .milliseconds(300))
        #expect(measurements.latency(0.5) == .milliseconds(100) && measurements.latency(0.99) == .milliseconds(150))
    }
}
