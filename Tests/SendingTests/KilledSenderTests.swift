import Basics
import HTTP
import Jobs
import Loop
import Messaging
import Postgres
import Store
import StoreTestSupport
import Testing
import WhatsApp

/// Row 27 of the fault matrix: a worker dies around an external send. WhatsApp counts what it takes; the journal has what
/// was put up.
@Suite("A sender that is killed at any point") struct KilledSenderTests {
    /// Where the first worker stops for good. What it has written by then is all that is left of it.
    enum Point: CaseIterable, Sendable {
        /// It took the job.
        case taken
        /// It noted the attempt and did not call.
        case attempted
        /// WhatsApp has the message, and nothing of that is known here.
        case sent
        /// WhatsApp's identifier was recorded, and the job is not finished.
        case recorded
    }

    /// A worker that does what the sender does until its point, with the sender's own statements.
    private static func die(at point: Point, _ id: PostgresUUID, _ scene: SendingScene) async throws {
        let jobs = try await scene.queue.take(JobRequest(MessageSender.queue, count: 1, lease: .seconds(60)))
        #expect(jobs.count == 1)
        let (store, scope) = (scene.salon.store, scene.salon.scope)
        if point == .taken { return }
        let attempted = try await store.write(SendingStatements.attempt, id, in: scope).value
        #expect(attempted.count == 1)
        if point == .attempted { return }
        let recipient = try #require(CloudRecipient(phone: "4915112345678", userID: nil))
        let payload = MessageContent.text(try TextContent("hello")).payload()
        let answer = await scene.client.post(
            .message(id, to: recipient, payload: payload), as: CloudSender(phoneNumberID: "1", token: Secret("token")))
        if point == .sent { return }
        guard case .sent(let whatsappID) = SendVerdict(answer) else { throw ParlorError(.unexpected, "\(answer)") }
        try await store.write(SendingStatements.sent, (id, whatsappID), in: scope)
    }

    /// The workers that come after: every two minutes one, for half an hour.
    private static func goOn(_ scene: SendingScene, _ handle: @escaping JobWorker.Handler) async throws {
        for _ in 0..<15 {
            try await scene.pass(.seconds(121))
            await JobWorker(scene.queue, of: MessageSender.queue, on: scene.loop, handle: handle).runOnce()
        }
    }

    @Test("No message is sent twice, each is sent or known not to be, and what stays unknown is told as that")
    func once() async throws {
        try await withSendingScene { scene in
            var journal: [(Point, PostgresUUID)] = []
            for point in Point.allCases {
                let id = try await scene.putUp()
                journal.append((point, id))
                try await Self.die(at: point, id, scene)
                let sender = scene.sender()
                try await Self.goOn(scene) { try await sender.handle($0) }
            }
            for (point, id) in journal {
                let effects = scene.cloud.effects[id.description] ?? 0
                let outcome = try await scene.outcome(of: id)
                switch point {
                case .taken, .recorded: #expect(effects == 1 && outcome == "SENT", "\(point): \(effects), \(outcome)")
                case .attempted: #expect(effects == 0 && outcome == "FAILED outcome unknown", "\(point): \(outcome)")
                case .sent: #expect(effects == 1 && outcome == "FAILED outcome unknown", "\(point): \(outcome)")
                }
            }
            #expect(scene.cloud.effects.values.allSatisfy { $0 == 1 })
            #expect(try await scene.jobCount() == 0)
        }
    }

    @Test("The control, which sends again what it does not know of, is caught by the same count")
    func control() async throws {
        try await withSendingScene { scene in
            let id = try await scene.putUp()
            try await Self.die(at: .sent, id, scene)
            let sender = scene.sender()
            try await Self.goOn(scene) { job in
                try await scene.salon.store.write(SendingStatements.takeBack, id, in: scene.salon.scope)
                return try await sender.handle(job)
            }
            #expect(scene.cloud.effects == [id.description: 2])
        }
    }

    @Test("Two workers that both believe to have the job call WhatsApp once")
    func two() async throws {
        try await withSendingScene { scene in
            for number in 0..<10 {
                let id = try await scene.putUp("\(number)")
                let first = try await scene.queue.take(JobRequest(MessageSender.queue, count: 1, lease: .seconds(60)))
                try await scene.pass(.seconds(61))
                let second = try await scene.queue.take(JobRequest(MessageSender.queue, count: 1, lease: .seconds(60)))
                let senders = (scene.sender(), scene.sender())
                async let one = senders.0.handle(first[0])
                async let other = senders.1.handle(second[0])
                let outcomes = [try await one, try await other]
                #expect(outcomes.contains(.done))
                #expect(scene.cloud.effects[id.description] == 1)
                try await scene.queue.finish(second[0].lease)
            }
        }
    }
}
