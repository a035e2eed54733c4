import Basics
import HTTP
import Loop
import Postgres

/// A service that sends messages and is killed while it does, between itself and a simulated WhatsApp.
///
/// Every call goes through this test, which kills the service before WhatsApp hears of it, after WhatsApp has taken the
/// message and nobody was told, or while the answer is on its way.
final class KilledSender: @unchecked Sendable {
    // Guard of @unchecked Sendable: the simulator's server, its connections and the timers that kill run on `loop`; a
    // loop is no isolation that the compiler knows, and an actor would let a kill slip between two steps of a call.

    /// Where it was killed, each so often.
    private(set) var kills: [String: Int] = [:]
    private let service: ServiceProcess
    private let superuser: PostgresSession
    private let graph: HTTPOrigin
    private let client: HTTPClient
    private let loop: EventLoop
    private let most: Int
    /// Whether whoever comes next is told that nothing was attempted, as a sender would believe that repeats.
    private let repeats: Bool
    private var random: SeededRandom
    private var isOver = false

    init(
        _ service: ServiceProcess, _ superuser: PostgresSession, at graph: HTTPOrigin, killedAtMost most: Int,
        repeats: Bool, seed: UInt64, on loop: EventLoop
    ) {
        self.service = service
        self.superuser = superuser
        self.graph = graph
        self.most = most
        self.repeats = repeats
        self.loop = loop
        random = SeededRandom(seed: seed)
        var options = HTTPClientOptions()
        options.retries = .never
        options.connections.perOriginMax = 64
        client = HTTPClient(on: loop, options)
    }

    /// Takes a call of the service to WhatsApp.
    func pass(_ request: HTTPRequest) async -> HTTPResponse {
        var request = request
        do { try await request.collect() } catch { return HTTPResponse(.badRequest) }
        guard Int.random(in: 0..<5, using: &random) == 0 else { return await forward(request) }
        switch service.deaths % 3 {
        case 0:
            kill("before WhatsApp heard of it")
            return HTTPResponse(.serviceUnavailable)
        case 1:
            let answer = await forward(request)
            kill("after WhatsApp took it")
            return answer
        default:
            let answer = await forward(request)
            let pause = Duration.microseconds(Int.random(in: 0...4000, using: &random))
            loop.schedule(after: pause) { self.kill("while it was answered") }
            return answer
        }
    }

    private func kill(_ place: String) {
        guard !service.isDying, service.deaths < most else { return }
        kills[place, default: 0] += 1
        service.kill()
    }

    /// A call that has left the service arrives, even when the service is gone: so this must not be cancelled with it.
    private func forward(_ request: HTTPRequest) async -> HTTPResponse {
        var copy = HTTPRequest(.post, request.target, body: request.body)
        copy.headers["Authorization"] = request.headers["Authorization"]
        let (client, graph, loop, call) = (client, graph, loop, copy)
        let task = Task(executorPreference: loop) {
            try await client.send(call, to: graph, mayRepeat: false, within: .seconds(20))
        }
        return (try? await task.value) ?? HTTPResponse(.serviceUnavailable)
    }

    /// Starts another service whenever it was killed, until nobody wants that any more.
    func keepAlive() async throws {
        while !isOver {
            if service.isDying {
                try await service.rise {
                    if repeats {
                        try await superuser.execute(
                            "UPDATE messages SET attempted_at = NULL WHERE direction = 'OUTBOUND' AND status = 'QUEUED'"
                        )
                    }
                    // What the dead one had in hand is another's.
                    try await letPass("2 minutes")
                }
            }
            guard !service.hasEnded else { throw ParlorError(.startFailed, "the service ended by itself") }
            try await loop.sleep(for: .milliseconds(10))
        }
    }

    /// Nobody keeps it alive any more.
    func end() { isOver = true }

    /// Lets time pass for what is to be handed on, for jobs, and for attempts of which nobody knows what came of them.
    func letPass(_ time: String, ofAttempts: Bool = false) async throws {
        try await superuser.execute("UPDATE outbox SET available_at = available_at - interval '\(time)'")
        try await superuser.execute("UPDATE jobs SET due_at = due_at - interval '\(time)'")
        if ofAttempts {
            try await superuser.execute(
                "UPDATE messages SET attempted_at = attempted_at - interval '\(time)' WHERE status = 'QUEUED'")
        }
    }
}
