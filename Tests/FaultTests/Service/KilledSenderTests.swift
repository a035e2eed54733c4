import Basics
import FaultTestSupport
import Glibc
import HTTP
import Loop
import Messaging
import Postgres
import Simulation
import Store
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

/// Row 27 of the fault matrix with processes: the service is killed while it sends, and WhatsApp counts what it takes.
/// `PARLOR_KILLS` has it die more often, 15 times in each round.
@Suite("A service that is killed while it sends") struct KilledSenderTests {
    private static let killsOfRound = 15
    private static let messages = 240
    private static let masterSecret = "a-master-secret-of-at-least-thirty-two-characters"

    private static var rounds: Int {
        let kills = getenv("PARLOR_KILLS").flatMap { Int(String(cString: $0)) } ?? killsOfRound
        return (kills + killsOfRound - 1) / killsOfRound
    }

    /// What WhatsApp took of each message, and what the salon knows of it.
    private struct Outcome: Sendable {
        let effects: Int
        let status: String
        let isUnknown: Bool
        let hasIdentifier: Bool
    }

    /// What a round came to.
    private struct Round: Sendable {
        let outcomes: [Outcome]
        /// Where the service was killed, each so often.
        let kills: [String: Int]
        /// What WhatsApp refused, by its code. It refuses whom it has just heard from before it counts.
        let refused: [Int: Int]
    }

    @Test("WhatsApp takes no message twice, and what was taken or not is known or told as unknown", .longFault)
    func once() async throws {
        let generator = SeededGenerator()
        for round in 0..<Self.rounds {
            let round = try await Self.run(seed: generator.seed &+ UInt64(round))
            let (outcomes, kills) = (round.outcomes, round.kills)
            #expect(outcomes.count == Self.messages)
            #expect(outcomes.allSatisfy { $0.effects <= 1 } && round.refused == [:], generator.note)
            // What arrived is known to have, by the state that WhatsApp told; what did not is told to be unknown.
            for outcome in outcomes {
                #expect((outcome.effects == 1) == outcome.hasIdentifier, "\(outcome): \(generator.note)")
                #expect((outcome.effects == 1) == !outcome.isUnknown, "\(outcome): \(generator.note)")
            }
            #expect(kills.values.reduce(0, +) == Self.killsOfRound && kills.count == 3, "\(kills): \(generator.note)")
            #expect(outcomes.contains { $0.isUnknown }, generator.note)
        }
    }

    @Test("A sender that sent again what it does not know of would be caught", .longFault)
    func control() async throws {
        let round = try await Self.run(repeats: true, seed: SeededGenerator().seed)
        #expect(round.outcomes.contains { $0.effects > 1 })
    }

    private static func run(repeats: Bool = false, seed: UInt64) async throws -> Round {
        try await withSalonDatabase { database, loop in
            let superuser = try await PostgresSession.connect(database.superuser, on: loop)
            defer { superuser.close() }
            try await putUp(database, superuser, on: loop)
            let gate = Gate()
            let server = try HTTPServer(at: .tcp(host: "127.0.0.1", port: 0), on: loop) { request in
                await gate.sender?.pass(request) ?? HTTPResponse(.serviceUnavailable)
            }
            let service = try ServiceProcess(
                database,
                [
                    "PARLOR_WHATSAPP_GRAPH_URL": "http://127.0.0.1:\(server.address.port)/v23.0",
                    "PARLOR_SEALING_KEYS": "1=\(masterSecret)",
                    "PARLOR_WORKER_WITH_SERVICE": "true",
                ], on: loop)
            let target = try #require(
                CloudSimulator.Target(
                    "http://127.0.0.1:\(service.port)/webhook", secret: Secret(ServiceProcess.secret)))
            // There is always another customer, so that the simulator does not end; the first writes to nobody.
            let plan = SimulationPlan(
                seed: seed, numbers: [SimulatedNumber("nobody"), SimulatedNumber("1", newRecipientsPerDay: nil)],
                customers: nil, perSecond: 0.000_1)
            let simulator = CloudSimulator(plan, target, on: loop)
            let graph = try simulator.listen(at: .tcp(host: "127.0.0.1", port: 0))
            let sender = KilledSender(
                service, superuser, at: try #require(HTTPOrigin("http://127.0.0.1:\(graph.port)")),
                killedAtMost: killsOfRound, repeats: repeats, seed: seed, on: loop)
            gate.sender = sender
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) { try await server.run() }
                group.addTask(executorPreference: loop) { try await simulator.run() }
                group.addTask(executorPreference: loop) {
                    try await sender.keepAlive()
                    try await service.end()
                }
                let deadline = loop.now + .seconds(180)
                if repeats {
                    try await wait(for: "the second of something", deadline, loop) {
                        simulator.effects.values.contains { $0 > 1 }
                    }
                } else {
                    try await settle(sender, simulator, superuser, by: deadline, on: loop)
                }
                sender.end()
                group.cancelAll()
                while let result = await group.nextResult() {
                    if case .failure(let error) = result, !(error is CancellationError) { throw error }
                }
            }
            return Round(
                outcomes: try await outcomes(simulator, superuser), kills: sender.kills,
                refused: simulator.totals.refused)
        }
    }
}

/// Where calls go, once it is there.
private final class Gate: Sendable {
    private let held = Mutex<KilledSender?>(nil)

    var sender: KilledSender? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}

extension KilledSenderTests {
    /// A salon with messages that wait to be sent, each to somebody else.
    private static func putUp(
        _ database: SalonDatabase, _ superuser: PostgresSession, on loop: EventLoop
    ) async throws {
        let salon = try await superuser.query(
            "INSERT INTO salons (name, phone_number_id) VALUES ('Ada', '1') RETURNING id"
        ).only[0, as: PostgresUUID.self]
        let sealer = FieldSealer(try SealingKeyring([1: Secret(masterSecret)]))
        let scope = SalonScope(SalonIdentifier(salon), by: .service("test"))
        let token = sealer.seal("token", for: SealedColumn.accessToken.field, of: scope.salon)
        try await superuser.query("UPDATE salons SET access_token = $1, new_recipients_per_day = NULL", token)
        let conversations = try await superuser.query(
            """
            WITH people AS (
                INSERT INTO customers (salon_id, phone_number)
                SELECT $1, '49151' || n FROM generate_series(10001, 10000 + $2) AS n RETURNING id, phone_number
            )
            INSERT INTO conversations (salon_id, customer_id, phone_number)
            SELECT $1, id, phone_number FROM people RETURNING id
            """, salon, messages
        ).map { try $0[0, as: PostgresUUID.self] }
        let content = MessageContent.template(try TemplateContent("reminder", language: "en"))
        let store = Store(primary: database.service, on: loop)
        for conversation in conversations {
            let message = OutgoingMessage(in: conversation, content)
            _ = try await store.transaction(in: scope) { try await Outgoing.put(message, in: $0) }
        }
        await store.stop(within: .seconds(10))
    }

    /// Waits until everything was attempted, what WhatsApp took is known, and the rest is given up.
    private static func settle(
        _ sender: KilledSender, _ simulator: CloudSimulator, _ superuser: PostgresSession,
        by deadline: ContinuousClock.Instant, on loop: EventLoop
    ) async throws {
        try await wait(for: "each to be attempted", deadline, loop) {
            try await superuser.query("SELECT FROM messages WHERE attempted_at IS NULL").isEmpty
        } meanwhile: {
            // What somebody took while he died is another's a minute later, which need not be waited for.
            try await sender.letPass("2 minutes")
        }
        try await wait(for: "word of all that was taken", deadline, loop) {
            let known = try await superuser.query("SELECT id::text FROM messages WHERE whatsapp_id IS NOT NULL")
            return Set(simulator.effects.keys).isSubset(of: try known.map { try $0[0, as: String.self] })
        }
        try await sender.letPass("11 minutes", ofAttempts: true)
        try await wait(for: "the unknown to be given up", deadline, loop) {
            try await superuser.query("SELECT FROM messages WHERE status = 'QUEUED'").isEmpty
        } meanwhile: {
            try await sender.letPass("11 minutes")
        }
    }

    /// Asks five times a second; `meanwhile` runs every three seconds.
    private static func wait(
        for what: String, _ deadline: ContinuousClock.Instant, _ loop: EventLoop, until isSo: () async throws -> Bool,
        meanwhile: () async throws -> Void = {}
    ) async throws {
        var looks = 0
        while try await !isSo() {
            guard loop.now < deadline else { throw ParlorError(.timeout, "\(what) let wait") }
            looks += 1
            if looks.isMultiple(of: 15) { try await meanwhile() }
            try await loop.sleep(for: .milliseconds(200))
        }
    }

    private static func outcomes(
        _ simulator: CloudSimulator, _ superuser: PostgresSession
    ) async throws -> [Outcome] {
        try await superuser.query(
            """
            SELECT id::text, status::text, coalesce(error, '') = 'outcome unknown', whatsapp_id IS NOT NULL
            FROM messages WHERE direction = 'OUTBOUND'
            """
        ).map { row in
            let (id, status, isUnknown, hasIdentifier) = try row.values(
                as: String.self, String.self, Bool.self, Bool.self)
            return Outcome(
                effects: simulator.effects[id] ?? 0, status: status, isUnknown: isUnknown,
                hasIdentifier: hasIdentifier)
        }
    }
}

extension SocketAddress {
    fileprivate var port: Int { if case .tcp(_, let port) = self { port } else { 0 } }
}
