import Basics
import HTTP
import Jobs
import JSONText
import Loop
import Messaging
import Postgres
import Store
import StoreTestSupport
import Synchronization
import WhatsApp

/// A WhatsApp that counts what arrives and answers as a test tells it.
final class ScriptedCloud: Sendable {
    /// What it does with a message.
    enum Answer: Sendable {
        /// Takes it.
        case take
        /// Takes it and never answers.
        case takeAndHang
        /// Refuses it, with a status and a code.
        case refuse(Int, Int)
        /// Takes it and answers something that nobody understands.
        case mumble
    }

    private struct State {
        var effects: [String: Int] = [:]
        var answers: [Answer] = []
        var tokens: [String] = []
    }

    private let state = Mutex(State())

    /// How often each message was taken, by its key.
    var effects: [String: Int] { state.withLock { $0.effects } }
    /// The tokens that were shown.
    var tokens: [String] { state.withLock { $0.tokens } }

    /// The next answers; after them it takes everything.
    func answer(_ answers: [Answer]) { state.withLock { $0.answers = answers } }

    func respond(to request: HTTPRequest, on loop: EventLoop) async -> HTTPResponse {
        let json = try? JSON(reading: request.body)
        let key = json?["biz_opaque_callback_data"]?.text ?? "none"
        let answer = state.withLock { state in
            state.tokens.append(request.headers["Authorization"] ?? "")
            let answer = state.answers.isEmpty ? .take : state.answers.removeFirst()
            if case .refuse = answer { return answer }
            state.effects[key, default: 0] += 1
            return answer
        }
        switch answer {
        case .take: return .json(["messages": [["id": .string(Self.whatsappID(of: key))]]])
        case .mumble: return .text("<html>")
        case .refuse(let status, let code):
            return .json(["error": ["code": .integer(code)]], status: HTTPStatus(status))
        case .takeAndHang:
            try? await loop.sleep(for: .seconds(3600))
            return HTTPResponse(.ok)
        }
    }

    /// WhatsApp's identifier of a message of ours.
    static func whatsappID(of key: String) -> String { "wamid.\(key)" }
}

/// A salon with a sender, a queue, and a WhatsApp that a test tells what to do.
struct SendingScene: Sendable {
    let salon: TestedSalon
    let cloud: ScriptedCloud
    let queue: PostgresJobQueue
    let loop: EventLoop
    let sealer: FieldSealer
    let client: CloudClient

    /// A sender with its own pacer, as a new process would have.
    func sender(
        _ limits: MessageSender.Limits = MessageSender.Limits(), _ pace: SendPace = Self.quickPace,
        report: @escaping @Sendable (SendEvent) -> Void = { _ in }
    ) -> MessageSender {
        MessageSender(salon.store, client, SendPacer(pace, on: loop), sealer, limits, report: report)
    }

    /// The limits of nobody, for tests of other things.
    static var quickPace: SendPace {
        var pace = SendPace()
        pace.pairGap = .zero
        pace.slack = .zero
        return pace
    }

    /// Puts a message up and hands it on to the queue, as the relay would.
    func putUp(_ text: String = "hello") async throws -> PostgresUUID {
        let content = MessageContent.text(try TextContent(text))
        let message = OutgoingMessage(in: salon.conversation, content)
        let id = try await salon.store.transaction(in: salon.scope) { try await Outgoing.put(message, in: $0) }.value
        let relay = OutboxRelay(salon.store) { [queue] in try await queue.add(NewJob($0)) }
        try await relay.handOn()
        return id
    }

    /// Runs what is due, once.
    @discardableResult
    func work(_ sender: MessageSender? = nil) async -> Int {
        let sender = sender ?? self.sender()
        return await JobWorker(queue, of: MessageSender.queue, on: loop) { try await sender.handle($0) }.runOnce()
    }

    /// Lets time pass: for jobs, and for attempts of which nobody knows what came of them.
    func pass(_ time: Duration) async throws {
        try await salon.superuser.query("UPDATE jobs SET due_at = due_at - make_interval(secs => $1)", time.seconds)
        try await salon.superuser.query(
            "UPDATE messages SET attempted_at = attempted_at - make_interval(secs => $1)", time.seconds)
    }

    /// A message's state and why it failed.
    func outcome(of message: PostgresUUID) async throws -> String {
        try await salon.superuser.query(
            "SELECT concat_ws(' ', status, error_code, error) FROM messages WHERE id = $1", message
        ).only[0]
    }

    /// How many jobs there are.
    func jobCount() async throws -> Int { try await salon.superuser.query("SELECT count(*) FROM jobs").only[0] }
}
