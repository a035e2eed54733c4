import Basics
import JSONText
package import Loop
package import Postgres
package import Store
package import Telemetry
package import Tenants

/// Applies events as they come in, and from the log what was left there: by a server that died, or because there was
/// more than this one could remember.
///
/// Whoever delivers comes first. While many wait for their lines to be kept, one batch at a time is applied, and a
/// rest follows it that is several times as long; so a storm is taken in quickly and applied a little later.
///
/// States: an event is in memory, on its way to the database, or in the log only. Whatever is lost on the way from one to
/// the other is in the log as `RECEIVED`, and is looked for there every few seconds. What two servers apply at once is
/// applied once.
package final class EventWorker: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the store's loop only; `take`, which other loops may call, goes there first.
    // The loop is an executor of tasks and no actor, so the compiler cannot check that; an actor would stand on a thread
    // other than the store's, with a hop between the two for each statement.

    /// How often the log is looked through, and how old a line must be to be taken for left.
    package struct Pace: Hashable, Sendable {
        /// The pause between two looks.
        package var interval = Duration.seconds(5)
        /// The age.
        package var age = Duration.seconds(10)
        /// Lines that are read at a time.
        package var page = 500
        /// How many times as long as a batch took it rests in a storm.
        package var rest = 9

        /// The usual one.
        package init() {}
    }

    private let store: Store
    private let applier: EventApplier
    private let loop: EventLoop
    private let logger: Logger
    private let pace: Pace
    private let scope = PlatformScope(by: .service("webhook"))
    private var queue: ApplyQueue<PostgresUUID, SalonEvent>
    private var salons: [PostgresUUID: Salon] = [:]
    /// The lines that are in the queue or being applied, so that they are not taken for left.
    private var held: Set<PostgresUUID> = []
    private var idle = LoopWait<Void>()
    /// Lines of the log that `takeWhatWasLeft` waits for.
    private var awaited: Set<PostgresUUID> = []
    private var arrival = LoopWait<Void>()
    private var isResting = false
    private let isPressed: () -> Bool
    private let noteInbound: (_ number: String, _ count: Int) -> Void
    private var isStopping = false
    private let metrics: Metrics?

    /// A worker. It applies what it is handed; `run` looks for what was left. `isPressed` says whether something else is
    /// more urgent. `noteInbound` is told at once how many messages came in for a number of WhatsApp's.
    package init(
        _ store: Store, _ limits: ApplyQueue<PostgresUUID, SalonEvent>.Limits = .init(), _ pace: Pace = Pace(),
        logger: Logger, metrics registry: MetricsRegistry? = nil, on loop: EventLoop,
        noteInbound: @escaping (_ number: String, _ count: Int) -> Void = { _, _ in },
        isPressed: @escaping () -> Bool = { false }
    ) {
        self.store = store
        self.isPressed = isPressed
        self.noteInbound = noteInbound
        self.loop = loop
        self.logger = logger
        self.pace = pace
        applier = EventApplier(store)
        queue = ApplyQueue(limits)
        metrics = registry.map { Metrics($0) }
    }

    /// How many events wait in memory.
    package var waiting: Int { queue.waiting }

    /// Takes an event that has just come in and whose line is in the log; may be called from any thread.
    package func take(_ event: SalonEvent, of salon: Salon) {
        loop.onLoop {
            if case .messages(let news) = event.content { self.noteInbound(news.number, news.messages.count) }
            self.hold(event, of: salon)
        }
    }

    private func hold(_ event: SalonEvent, of salon: Salon) {
        guard !isStopping, queue.add(event, of: salon.id) else { return }
        salons[salon.id] = salon
        held.insert(event.log)
        work()
    }

    /// Looks for lines that were left, until its task is cancelled.
    package func run() async throws {
        while !Task.isCancelled {
            do {
                try await takeWhatWasLeft()
            } catch let error as PostgresError {
                logger.warning("events that were left could not be looked for", error: error)
            }
            try await loop.sleep(for: pace.interval)
        }
    }

    /// Takes no more events and waits for those that it has.
    package func stop(within limit: Duration) async {
        isStopping = true
        let timer = loop.schedule(after: limit) { self.idle.succeed() }
        defer { timer.cancel() }
        try? await settle()
    }

    /// Waits until no event is in memory.
    package func settle() async throws {
        guard !queue.isIdle else { return }
        idle = LoopWait()
        try await idle.value(on: loop)
    }

    // MARK: - Applying

    private func work() {
        while !isResting, let batch = queue.take(isPressed: isPressed()) {
            // Unstructured because whoever delivered the events has been answered already.
            Task(executorPreference: loop) { await self.apply(batch) }
        }
        metrics?.waiting.set(Double(queue.waiting))
    }

    private func apply(_ batch: ApplyQueue<PostgresUUID, SalonEvent>.Batch) async {
        let start = ContinuousClock.now
        do {
            guard let salon = salons[batch.salon] else { return }
            let outcome = try await applier.apply(batch.events, of: salon)
            metrics?.count(outcome)
            if outcome.failed > 0 {
                logger.warning("events could not be applied", [.count: outcome.failed])
            }
        } catch {
            // They stay in the log and are taken from there.
            logger.warning("events are left in the log", error: error, [.count: batch.events.count])
        }
        for event in batch.events {
            held.remove(event.log)
            awaited.remove(event.log)
        }
        queue.finish(batch.salon)
        if isPressed(), !isStopping { rest(min((.now - start) * pace.rest, .seconds(1))) }
        work()
        if awaited.isEmpty { arrival.succeed() }
        if queue.isIdle { idle.succeed() }
    }

    private func rest(_ time: Duration) {
        guard !isResting else { return }
        isResting = true
        loop.schedule(after: time) {
            self.isResting = false
            self.work()
        }
    }

    // MARK: - The log

    /// Takes lines that were left in the log, all of them, and says how many there were.
    @discardableResult
    package func takeWhatWasLeft() async throws -> Int {
        var count = 0
        while true {
            let lines = try await store.read(
                WebhookLogStatements.left, (pace.age.seconds, pace.page), in: scope, .deciding)
            let left = lines.filter { !held.contains($0.id) }
            try await take(left)
            count += left.count
            awaited = Set(lines.map(\.id)).intersection(held)
            arrival = LoopWait()
            if !awaited.isEmpty { try await arrival.value(on: loop) }
            guard lines.count == pace.page, !isStopping else { return count }
        }
    }

    private func take(_ lines: [StoredLine]) async throws {
        for salon in Set(lines.compactMap(\.salon)) where salons[salon] == nil {
            salons[salon] = try await self.salon(salon)
        }
        for line in lines {
            guard let key = line.salon, let salon = salons[key] else { continue }
            do {
                guard let content = try line.content() else { continue }
                hold(SalonEvent(log: line.id, received: line.created, content: content), of: salon)
            } catch {
                try await applier.refuse(line.id, line.created, of: salon.id, error.description)
            }
        }
    }

    private func salon(_ key: PostgresUUID) async throws -> Salon? {
        let scope = SalonScope(SalonIdentifier(key), by: .service("webhook"))
        return try await store.read(SalonStatements.own, (), in: scope).first
    }
}

extension StoredLine {
    /// What it says; nil when it was kept as bytes, which say nothing.
    func content() throws(JSONFault) -> WebhookChange.Content? {
        guard let payload else { return nil }
        return try JSONReader().read(WebhookBody.self, from: payload.text).changes.first?.content
    }
}

extension EventWorker {
    /// What is counted of it.
    private struct Metrics: Sendable {
        let waiting: Gauge
        private let events: MetricFamily<Counter>
        private let messages: Counter

        init(_ registry: MetricsRegistry) {
            waiting = registry.gauge("parlor_webhook_events_waiting", "Events that wait in memory to be applied.")
            events = registry.counter(
                "parlor_webhook_events_total", "Events by what became of them.", labels: ["outcome"])
            messages = registry.counter("parlor_messages_received_total", "Messages of customers that were new.")
        }

        func count(_ outcome: EventApplier.Outcome) {
            events.with("applied").increment(by: Double(outcome.applied))
            events.with("failed").increment(by: Double(outcome.failed))
            messages.increment(by: Double(outcome.messages))
        }
    }
}
