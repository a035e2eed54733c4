import Loop
import Pooling
import Postgres
import TestSupport
import Testing

/// Clients of two salons that share one server connection: what one says of itself must end with its transaction.
///
/// Rows are hidden by a policy that reads the salon from a setting, as in the service's schema. Whoever looks without
/// having said who it is must see nothing.
@Suite struct StateLeakTests {
    /// For how long clients say whose they are.
    private enum Scope: String { case transaction = "true", session = "false" }

    /// How a client ends a transaction.
    private enum Ending: CaseIterable { case commit, rollback, failure }

    /// A look at the rows, inside of a transaction that names the salon or without any.
    private struct Look: Sendable {
        var expected: String?
        var seen: String?
        var process: Int
        var bleeds: Bool { seen != expected }
    }

    private struct Leaving: Error {}

    private static let salons = ["one", "two"]
    private static let clients = 8
    private static let rounds = 25

    private static func look(_ client: PostgresSession, expecting expected: String?) async throws -> Look {
        let rows = try await client.query("SELECT pg_backend_pid()::int8, string_agg(salon, ' ') FROM canary").only
        let (process, seen) = try rows.values(as: Int.self, String?.self)
        return Look(expected: expected, seen: seen, process: process)
    }

    /// A transaction of a client that says whose it is, whatever comes of it.
    private static func transact(
        _ client: PostgresSession, of salon: String, for scope: Scope, _ ending: Ending
    ) async throws -> Look {
        var look: Look?
        do {
            try await client.transaction {
                try await client.query("SELECT set_config('app.salon_id', $1, \(scope.rawValue))", salon)
                look = try await Self.look(client, expecting: salon)
                switch ending {
                case .commit: break
                case .rollback: throw Leaving()
                case .failure: try await client.query("SELECT 1 / 0")
                }
            }
        } catch is Leaving {} catch let error as PostgresError where error.sqlState == .divisionByZero {}
        return try #require(look)
    }

    /// Clients of both salons at once, each in a transaction that names its salon, then in none.
    private static func looks(for scope: Scope, _ generator: SeededGenerator) async throws -> [Look] {
        let plan = try PoolerPlan(.init(cores: 2, clients: 1, serverConnections: 100, direct: 10))
        #expect(plan.transactions.value == 1)
        return try await TestPooler.run(leading: TestPrimary.running(), plan: plan) { pooler in
            try await withThrowingTaskGroup(of: [Look].self) { group in
                for number in 0..<clients {
                    group.addTask(executorPreference: pooler.loop) {
                        var random = SeededGenerator(seed: generator.seed &+ UInt64(number))
                        let client = try await pooler.connect()
                        defer { client.close() }
                        var looks: [Look] = []
                        for _ in 0..<rounds {
                            let ending = Ending.allCases.randomElement(using: &random) ?? .commit
                            looks.append(
                                try await transact(client, of: salons[number % salons.count], for: scope, ending))
                            looks.append(try await look(client, expecting: nil))
                        }
                        return looks
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
    }

    @Test("Two salons' clients by turns on one server connection see their own rows alone, and without a salon none")
    func noBleed() async throws {
        let generator = SeededGenerator()
        let looks = try await Self.looks(for: .transaction, generator)
        #expect(looks.count == Self.clients * Self.rounds * 2, generator.note)
        #expect(!looks.contains { $0.bleeds }, generator.note)
        #expect(Set(looks.map(\.process)).count == 1, generator.note)
    }

    @Test("Control: a salon that is set for the session reaches the other's clients, and that is caught")
    func control() async throws {
        let generator = SeededGenerator()
        let looks = try await Self.looks(for: .session, generator)
        #expect(looks.contains { $0.bleeds && $0.expected == nil }, generator.note)
        #expect(Set(looks.map(\.process)).count == 1, generator.note)
    }
}
