import Assistant
package import Basics
import Bookings
package import Configuration
import HTTP
import Jobs
package import Loop
import Messaging
import Notices
import Postgres
package import Store
package import Telemetry
import TLS
import WhatsApp
import Zones

/// Everything that is done after somebody was answered: messages go out, reminders are sent, holds end, windows close.
///
/// What a commit made necessary stands in the outbox; the relay hands it to the queue, and workers do what stands there.
/// All of it is done at least once, and each handler sees to it that twice is as once. A process that dies leaves its jobs to
/// the next one.
package final class Worker: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the store's loop only.

    /// How often conversations are looked for whose window is over.
    private static let interval = Duration.seconds(30)

    private let store: Store
    private let loop: EventLoop
    private let logger: Logger
    private let queue: PostgresJobQueue
    private let client: CloudClient
    private let pacer: SendPacer
    private let metrics: WorkMetrics
    private let isPressed: () -> Bool
    private var workers: [JobWorker] = []

    /// A worker on a store. Without keys for sealed fields no access token can be opened, so nothing is sent. `isPressed`
    /// says whether something else of this process is more urgent.
    package init(
        _ configuration: Configuration, _ store: Store, sealer: FieldSealer?, logger: Logger,
        metrics registry: MetricsRegistry, on loop: EventLoop, isPressed: @escaping () -> Bool = { false }
    ) throws(ParlorError) {
        self.isPressed = isPressed
        self.store = store
        self.loop = loop
        self.logger = logger
        queue = PostgresJobQueue(store)
        metrics = WorkMetrics(registry)
        client = try Self.client(configuration.whatsApp, on: loop)
        pacer = SendPacer(on: loop)
        let zones = ZoneDatabase()
        let desk = BookingDesk(store, zones: zones, sealer: sealer, on: loop)
        let followUp = BookingFollowUp(desk, BookingNotices(store, desk), queue, zones: zones)
        let turn = ConversationTurn(store, desk: desk, zones: zones, on: loop)
        work(ConversationTurn.topic) { job in
            guard let salon = job.salon else { return .hopeless("the job names no salon") }
            try await turn.handle(job.payload, in: SalonScope(salon, by: .service("assistant")))
            return .done
        }
        work(BookingChange.topic) { try await followUp.follow($0) }
        work(BookingFollowUp.reminders) { try await followUp.remind($0) }
        work(BookingFollowUp.holds) { try await followUp.endHolds($0) }
        work(BookingFollowUp.offers) { try await followUp.offer($0) }
        if let sealer {
            let sender = MessageSender(store, client, pacer, sealer) { [metrics] in metrics.count($0) }
            work(MessageSender.queue) { try await sender.handle($0) }
        }
    }

    private static func client(
        _ configuration: Configuration.WhatsApp, on loop: EventLoop
    ) throws(ParlorError) -> CloudClient {
        let tls = try TLSClient(TLSClientOptions())
        var options = HTTPClientOptions()
        options.limits = HTTPMessageLimits(body: .megabytes(1))
        options.secure = { socket, host in try await tls.connect(over: socket, host: host, within: .seconds(10)) }
        guard let client = CloudClient(at: configuration.graphURL, options, on: loop) else {
            throw ParlorError(
                .configuration, "whatsapp.graph_url is no address",
                hint: "Write it like https://graph.facebook.com/v23.0.")
        }
        return client
    }

    private func work(_ name: String, _ handle: @escaping JobWorker.Handler) {
        let report: @Sendable (JobEvent) -> Void = { [metrics, logger] event in
            metrics.count(event, in: name)
            switch event {
            case .failed(_, let reason, .quarantined):
                logger.error("a job was put aside", [.kind: name, .reason: reason])
            case .failed(_, let reason, _): logger.warning("a job failed", [.kind: name, .reason: reason])
            case .troubled(let error): logger.warning("the queue did not answer", error: error, [.kind: name])
            case .done, .postponed: break
            }
        }
        workers.append(JobWorker(queue, of: name, on: loop, report: report, isPressed: isPressed, handle: handle))
    }

    /// Hears of messages that came in for a number, which counts them together with those that go out.
    package func noteInbound(_ number: String, _ count: Int) { pacer.noteInbound(number, count) }

    /// Works until its task is cancelled.
    package func run() async throws {
        let (queue, workers) = (queue, workers)
        let relay = OutboxRelay(store) { message in
            try await queue.add(NewJob(message))
            for worker in workers where worker.name == message.topic { worker.wake() }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask(executorPreference: loop) { try await worker.run() } }
            group.addTask(executorPreference: loop) { try await relay.run() }
            group.addTask(executorPreference: loop) { try await self.keepHouse() }
            try await group.waitForAll()
        }
    }

    /// Takes no more jobs, and waits for those in hand at most so long.
    package func drain(within limit: Duration) async {
        for worker in workers { worker.drain() }
        let end = loop.now + limit
        while workers.contains(where: { $0.inHandCount > 0 }), loop.now < end {
            try? await loop.sleep(for: .milliseconds(20))
        }
        client.close()
    }

    private func keepHouse() async throws {
        let scope = PlatformScope(by: .service("windows"))
        while !Task.isCancelled {
            do {
                while try await store.write(ConversationStatements.expire, 500, in: scope).affected == 500 {}
                for worker in workers { metrics.set(try await queue.counts(of: worker.name), of: worker.name) }
            } catch let error as PostgresError {
                logger.warning("windows that are over could not be closed", error: error)
            }
            try await loop.sleep(for: Self.interval)
        }
    }
}
