import Basics
import Loop
import Postgres
import Processes

/// Reads by key and durable inserts against pgbench, asyncpg and node-postgres with the same number of connections.
struct PostgresFigures: MeasuredRoom {
    /// What is inserted: as long as a webhook of WhatsApp.
    static let body = String(repeating: "x", count: 890)
    private static let connections = 8
    private static let clients = 64

    private let database: BenchDatabase
    private let sessions: [PostgresSession]
    private let batcher: CommitBatcher
    private let row: BatchRow

    init(in workshop: Workshop) async throws {
        database = try await BenchDatabase(in: workshop)
        var sessions: [PostgresSession] = []
        for _ in 0..<Self.connections {
            sessions.append(try await PostgresSession.connect(database.options, on: workshop.loop))
        }
        self.sessions = sessions
        batcher = CommitBatcher(
            database.options,
            BatchStatement(
                "INSERT INTO event (sender, body) SELECT * FROM unnest($1::text[], $2::text[])", columns: String.self,
                String.self), on: workshop.loop)
        row = try BatchRow("15550783881", Self.body)
    }

    func stop() async {
        await batcher.stop(within: .seconds(5))
        for session in sessions { session.close() }
        await database.stop()
    }

    var comparisons: [Comparison] {
        [
            Comparison(
                name: "postgres.read", parlor: reading,
                yardsticks: [
                    .init(pgbench("read"), .rate(floor: 1, aim: 3), .shown(.median)),
                    .init(asyncpg("read"), .rate(floor: 5, aim: 10)), .init(node("read"), .rate(floor: 4, aim: 8)),
                ]),
            Comparison(
                name: "postgres.insert", parlor: inserting,
                yardsticks: [.init(pgbench("insert"), .rate(floor: 0.8, aim: 1))]),
            Comparison(
                name: "postgres.insert.batched", parlor: batching,
                yardsticks: [
                    .init(pgbench("insert", connections: 32), .rate(floor: 1.2, aim: 2)),
                    .init(asyncpg("insert"), .rate(floor: 3, aim: 6)), .init(node("insert"), .rate(floor: 3, aim: 6)),
                ]),
        ]
    }

    // MARK: - Parlor

    private var reading: Contender {
        let (loop, sessions) = (database.workshop.loop, sessions)
        return Contender("parlor") { time in
            try await Crowd.work(Self.clients, for: time, on: loop) { client in
                let key = Int64.random(in: 1...Int64(BenchDatabase.keys))
                let rows = try await sessions[client % sessions.count].query(
                    "SELECT body FROM message WHERE id = $1", key)
                _ = try rows.only[0, as: String.self]
            }
        }
    }

    /// Each insert has its own Sync and so its own commit.
    private var inserting: Contender {
        let (loop, sessions) = (database.workshop.loop, sessions)
        return Contender("parlor") { time in
            try await Crowd.work(Self.connections, for: time, on: loop) { client in
                try await sessions[client].query(
                    "INSERT INTO event (sender, body) VALUES ($1, $2)", "15550783881", Self.body, fate: .own)
            }
        }
    }

    private var batching: Contender {
        let (loop, batcher, row) = (database.workshop.loop, batcher, row)
        return Contender("parlor") { time in
            try await Crowd.work(256, for: time, on: loop) { _ in try await batcher.commit(row) }
        }
    }

    // MARK: - Yardsticks

    private func pgbench(_ script: String, connections: Int = connections) -> Contender {
        let load = Pgbench(database, connections: connections)
        return Contender("pgbench, \(connections) connections") { try await load.load(script, for: $0) }
    }

    private func asyncpg(_ work: String) -> Contender {
        peer("asyncpg", work) { database.workshop.python("asyncpg_load", $0) }
    }

    private func node(_ work: String) -> Contender {
        peer("node-postgres", work) { database.workshop.node("node-postgres", $0) }
    }

    private func peer(
        _ name: String, _ work: String, _ program: @escaping @Sendable ([String]) -> Program
    ) -> Contender {
        let (workshop, place) = (database.workshop, [database.folder, "\(database.port)"])
        return Contender(name) { time in
            let seconds = max(1, Int(time.seconds.rounded()))
            let numbers = ["\(Self.connections)", "\(Self.clients)", "\(seconds)"]
            return try await workshop.sample(of: program(place + [work] + numbers), name: name)
        }
    }
}
