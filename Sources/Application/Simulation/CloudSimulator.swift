package import Basics
import Digests
package import HTTP
package import Loop

/// A WhatsApp Cloud that salons can be tried with: it takes their messages over HTTP and posts what its customers say,
/// signed, to the service's webhook.
package final class CloudSimulator: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only.

    /// Where the service is, and what signs what is posted to it.
    package struct Target: Sendable {
        /// The service.
        package var origin: HTTPOrigin
        /// Where it takes events.
        package var path: HTTPTarget
        /// The application's secret.
        package var secret: Secret
        /// How many deliveries are on their way at once.
        package var concurrency = 64

        /// A webhook, like `http://127.0.0.1:8080/webhook`; nil when that is no address.
        package init?(_ address: String, secret: Secret) {
            let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 3, let origin = HTTPOrigin("\(parts[0])//\(parts[2])"),
                let path = HTTPTarget("/\(parts.count > 3 ? parts[3] : "")")
            else { return nil }
            self.origin = origin
            self.path = path
            self.secret = secret
        }
    }

    private let loop: EventLoop
    private let target: Target
    private let client: HTTPClient
    private let start: ContinuousClock.Instant
    private var cloud: SimulatedCloud
    private var server: HTTPServer?
    private var bell = LoopWait<Void>()
    private var waiting: [SimulatedCloud.Delivery] = []
    private var inFlight = 0

    /// A simulator of a plan, whose time is the loop's; `epoch` is the moment at which it begins.
    package init(_ plan: SimulationPlan, _ target: Target, epoch: Timestamp = .now(), on loop: EventLoop) {
        self.loop = loop
        self.target = target
        start = loop.now
        cloud = SimulatedCloud(plan, at: epoch)
        var options = HTTPClientOptions()
        options.connections.perOriginMax = target.concurrency
        client = HTTPClient(on: loop, options)
    }

    /// What happened so far.
    package var totals: SimulationTotals { cloud.totals }
    /// How often each message was taken, by what the salon calls it.
    package var effects: [String: Int] { cloud.effects }

    private var now: Duration { loop.now - start }

    // MARK: - Salons' requests

    /// Begins to listen, and says where.
    package func listen(at address: SocketAddress) throws -> SocketAddress {
        let router = router()
        let server = try HTTPServer(at: address, on: loop) { await router.respond(to: $0) }
        self.server = server
        return server.address
    }

    private func router() -> HTTPRouter {
        var router = HTTPRouter()
        router.post("/{version}/{number}/messages", "Takes a message, or that one was read.") { request in
            try await self.answer(request)
        }
        router.get("/{version}/{number}", "Shows a number.") { request in
            .json(["id": .string(try request.parameter("number")), "verified_name": "simulated"])
        }
        router.get("/health/live", "Says that it is there.") { _ in .json(["status": "alive"]) }
        return router
    }

    private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        let reply = cloud.receive(
            number: try request.parameter("number"), authorization: request.headers["Authorization"], request.body,
            at: now)
        bell.succeed()
        switch reply {
        case .answer(let response): return response
        case .silence:
            // The head goes out and the rest never does, so that nobody takes it for an answer.
            return .stream(length: 1024) { writer in
                try await writer.write("{")
                throw ParlorError(.connection, "the answer is broken off")
            }
        }
    }

    // MARK: - Running

    /// Runs until every customer is done, or its task is cancelled; `report` hears what happened, and what was said since
    /// it heard last.
    package func run(
        until limit: Duration? = nil,
        report: @escaping @Sendable (SimulationTotals, [SimulatedLine]) -> Void = { _, _ in }
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            if let server { group.addTask(executorPreference: loop) { try await server.run() } }
            defer { end() }
            while !(cloud.isOver && inFlight == 0 && waiting.isEmpty), limit.map({ now < $0 }) ?? true {
                try Task.checkCancellation()
                bell = LoopWait()
                waiting += cloud.advance(to: now)
                while inFlight < target.concurrency, !waiting.isEmpty {
                    let delivery = waiting.removeFirst()
                    inFlight += 1
                    group.addTask(executorPreference: loop) { await self.deliver(delivery) }
                }
                report(cloud.totals, cloud.takeTranscript())
                try await rest(atMost: limit.map { $0 - now })
            }
            server?.shutDown(within: .seconds(1))
        }
    }

    private func end() {
        server?.shutDown(within: .zero)
        client.close()
    }

    private func rest(atMost limit: Duration?) async throws {
        let bell = bell
        let next = [cloud.next.map { $0 - now }, limit, .seconds(1)].compactMap(\.self).min() ?? .seconds(1)
        let timer = loop.schedule(after: max(.milliseconds(1), next)) { bell.succeed() }
        defer { timer.cancel() }
        try await bell.value(on: loop)
    }

    private func deliver(_ delivery: SimulatedCloud.Delivery) async {
        var request = HTTPRequest(.post, target.path, body: delivery.body)
        let signature = Digest(of: delivery.body, key: Array(target.secret.reveal().utf8)).hexadecimal
        request.headers = ["Content-Type": "application/json", "X-Hub-Signature-256": "sha256=\(signature)"]
        let answer = try? await client.send(request, to: target.origin, mayRepeat: false, within: .seconds(20))
        inFlight -= 1
        // A simulation that is called off says nothing about the service.
        guard !Task.isCancelled else { return }
        cloud.delivered(delivery, isAcknowledged: answer?.status == .ok, at: now)
        bell.succeed()
    }
}
