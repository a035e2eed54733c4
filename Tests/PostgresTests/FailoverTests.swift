import Basics
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite(.serialized) struct FailoverTests {
    private func place(_ options: ConnectionOptions) -> ConnectionOptions.Place {
        ConnectionOptions.Place(host: options.host, port: options.port)
    }

    /// Options that lead to some servers.
    private func several(_ clusters: [ConnectionOptions], _ target: ConnectionOptions.Target) -> ConnectionOptions {
        var options = clusters[0]
        options.alternatives = clusters.dropFirst().map(place)
        options.target = target
        return options
    }

    private func port(_ options: ConnectionOptions, _ loop: EventLoop) async throws -> Int {
        let session = try await PostgresSession.connect(options, on: loop)
        defer { session.close() }
        #expect(session.fitsTarget)
        #expect(session.options.port == (try await session.query("SHOW port").only[0, as: String.self]).number)
        return session.options.port
    }

    @Test("Of several servers the one that is asked for is found, and after a failover the one that takes over")
    func failover() async throws {
        let primary = try PrivateCluster()
        let standby = try primary.standby()
        let (one, two) = (primary.options, standby.options)
        try await EventLoop.onThread { loop in
            var nobody = one
            nobody.port = try await Self.closedPort(loop)
            for target in [ConnectionOptions.Target.readWrite, .primary] {
                #expect(try await port(several([nobody, two, one], target), loop) == one.port)
            }
            for target in [ConnectionOptions.Target.readOnly, .standby, .preferStandby] {
                #expect(try await port(several([nobody, one, two], target), loop) == two.port)
            }
            #expect(try await port(several([two, one], .any), loop) == two.port)
            #expect(try await port(several([nobody, one], .preferStandby), loop) == one.port)
            let none = await #expect(throws: PostgresError.self) {
                try await PostgresSession.connect(several([nobody, two], .primary), on: loop)
            }
            #expect(none?.isTransient == true)
            #expect(
                none?.description == """
                    no connection to any of the PostgreSQL servers: \(nobody.address): connection refused; \
                    \(two.address): server is in hot standby mode
                    """)

            let pool = PostgresPool(
                several([one, two], .readWrite), PoolLimits(minimum: 1, maximum: 4, acquireTimeout: .seconds(60)),
                on: loop)
            try await pool.withConnection { try await $0.query("CREATE TABLE booking (id int8)") }
            let observer = try await PostgresSession.connect(two, on: loop)
            defer { observer.close() }
            while try await observer.query("SELECT to_regclass('booking')::text").only[0, as: String?.self] == nil {}
            let lost = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction(retrying: .repeatable(attempts: 3)) { session in
                    try await session.query("INSERT INTO booking VALUES (1)")
                    primary.kill()
                    try await session.query("INSERT INTO booking VALUES (2)")
                }
            }
            #expect(lost?.kind == .lost)
            let next = Task(executorPreference: loop) {
                try await pool.withTransaction { session in
                    try await session.query("INSERT INTO booking VALUES (3)")
                    return session.options.port
                }
            }
            try await observer.query("SELECT pg_promote()")
            #expect(try await next.value == two.port)
            #expect(try await observer.query("SELECT id FROM booking").map { try $0[0, as: Int.self] } == [3])
            await pool.stop(within: .seconds(10))
        }
    }

    /// A port on which nobody listens.
    private static func closedPort(_ loop: EventLoop) async throws -> Int {
        let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
        defer { listener.close() }
        guard case .tcp(_, let port) = listener.address else { return 1 }
        return port
    }

    @Test("When a server is killed under load, each waiter gets one answer, and nothing acknowledged is lost")
    func restart() async throws {
        let cluster = try PrivateCluster()
        try await EventLoop.onThread { loop in
            let options = cluster.options
            let setUp = try await PostgresSession.connect(options, on: loop)
            try await setUp.execute("CREATE TABLE booking (way text, id int8, PRIMARY KEY (way, id))")
            setUp.close()
            let pool = PostgresPool(options, PoolLimits(minimum: 0, maximum: 4, acquireTimeout: .seconds(60)), on: loop)
            let batcher = CommitBatcher(
                options,
                BatchStatement(
                    "INSERT INTO booking SELECT 'batch', id FROM unnest($1::int8[]) AS id", columns: Int.self),
                on: loop)
            let session = try await PostgresSession.connect(options, on: loop)
            let insert = "INSERT INTO booking VALUES ($1, $2)"
            let outcomes = await withTaskGroup(of: (String, Int, PostgresError.Kind?).self) { group in
                for number in 0..<900 {
                    group.addTask(executorPreference: loop) {
                        let way = ["pipeline", "pool", "batch"][number % 3]
                        do {
                            switch way {
                            case "pipeline": try await session.query(insert, way, number)
                            case "pool": try await pool.withTransaction { try await $0.query(insert, way, number) }
                            default: try await batcher.commit(BatchRow(number))
                            }
                            if number == 450 { cluster.kill() }
                            return (way, number, nil)
                        } catch {
                            // A server that is being ended refuses for the moment.
                            guard let error = error as? PostgresError, error.isTransient || error.kind != .refused
                            else {
                                Issue.record(error)
                                return (way, number, .unusable)
                            }
                            return (way, number, error.kind)
                        }
                    }
                }
                group.addTask(executorPreference: loop) {
                    // Rows wait for the server to come back.
                    while session.isOpen { try? await loop.sleep(for: .milliseconds(1)) }
                    do { try cluster.start() } catch { Issue.record(error) }
                    return ("", 0, nil)
                }
                return await group.reduce(into: [(String, Int, PostgresError.Kind?)]()) { $0.append($1) }
            }
            await batcher.stop(within: .seconds(10))
            await pool.stop(within: .seconds(10))
            #expect(outcomes.count == 901)
            let observer = try await PostgresSession.connect(options, on: loop)
            defer { observer.close() }
            let rows = try await observer.query("SELECT way, id FROM booking")
            let stored = Set(try rows.map { "\(try $0[0, as: String.self]) \(try $0[1, as: Int.self])" })
            for (way, number, kind) in outcomes where kind == nil && !way.isEmpty {
                #expect(stored.contains("\(way) \(number)"))
            }
            let kinds = Set(outcomes.compactMap(\.2))
            #expect(kinds.isSubset(of: [.lost, .outcomeUnknown, .startingUp, .unreachable, .refused, .crowded]))
        }
    }
}

extension String {
    fileprivate var number: Int? { Int(self) }
}
