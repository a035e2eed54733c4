package import Basics
package import Configuration
import HTTP
package import Loop
import Synchronization
package import TLS

/// Tells people what happened, by every way that the configuration names.
///
/// It never throws to whoever reports something: what did not get through comes back as a value, and counts as not told,
/// so that the same trouble is tried again when it is reported again. What is said about one trouble is sent in the
/// order in which it was reported. The ways are used at the same time, each with a
/// limit and a few attempts; a message that may have arrived is sent again rather than lost.
package final class Notifier: Sendable {
    /// A way by which people are told.
    protocol Way: Sendable {
        /// What it is.
        var channel: NotificationChannel { get }
        /// Tries once; `identifier` is the same for all attempts at one message.
        func deliver(_ telling: Telling, _ identifier: String, within limit: Duration) async throws
        /// What must not be seen in what is said about a failure.
        var secrets: [String] { get }
    }

    private let loop: EventLoop
    private let ways: [any Way]
    private let policy: DeliveryPolicy
    private let gate: Mutex<NoticeGate>
    private let turns: DeliveryTurns

    /// Prepares what the settings name; `source` is what the system is called in messages, like a host's name. Services of
    /// the web are believed with certificates of `authorities`.
    ///
    /// `memory` is what another notifier has kept.
    package init(
        _ settings: Configuration.Notifications, source: String, on loop: EventLoop, memory: JSON? = nil,
        _ policy: DeliveryPolicy = DeliveryPolicy(), authorities: TLSAuthorities = .system
    ) throws(ParlorError) {
        self.loop = loop
        self.policy = policy
        turns = DeliveryTurns(on: loop)
        let source = source.oneLine(atMost: 200)
        ways =
            try WebHook.all(settings, source, authorities, on: loop)
            + MailSender.all(settings.email, source, on: loop)
        var rules = NoticePolicy(channels: Set(ways.map(\.channel)))
        rules.level = Notice.Severity(rawValue: settings.level.rawValue) ?? .warning
        rules.repeatAfter = settings.repeatAfter
        gate = Mutex(memory.map { NoticeGate(rules, continuing: $0) } ?? NoticeGate(rules))
    }

    /// The ways that there are, in the order of the documentation.
    package var channels: [NotificationChannel] { NotificationChannel.allCases.filter { rules.channels.contains($0) } }

    private var rules: NoticePolicy { gate.withLock { $0.policy } }

    /// What was told so far, to be kept over a restart.
    package var memory: JSON { gate.withLock { $0.json } }

    /// Takes a notice, and tells it where it is new; what became of it on each way that it went.
    @discardableResult
    package func tell(_ notice: Notice) async -> [Delivery] {
        guard let telling = gate.withLock({ $0.admit(notice, at: .now()) }) else { return [] }
        let deliveries = await turns.perform(about: notice.key) { await send(telling) }
        for delivery in deliveries where !delivery.hasArrived {
            gate.withLock { $0.failed(telling, over: delivery.channel) }
        }
        return deliveries
    }

    /// Sends a notice by every way that it names, whatever was told before.
    package func send(_ telling: Telling) async -> [Delivery] {
        let chosen = ways.filter { telling.channels.contains($0.channel) }
        let identifier = RandomIdentifier.hex(bytes: 16)
        let (loop, policy) = (loop, policy)
        let deliveries = try? await loop.perform {
            await withTaskGroup(of: Delivery.self) { group in
                for way in chosen {
                    group.addTask { await Self.deliver(telling, identifier, by: way, policy, on: loop) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        return (deliveries ?? []).sorted { $0.channel < $1.channel }
    }

    private static func deliver(
        _ telling: Telling, _ identifier: String, by way: any Way, _ policy: DeliveryPolicy, on loop: EventLoop
    ) async -> Delivery {
        let start = loop.now
        var delivery = Delivery(channel: way.channel, key: telling.notice.key)
        while true {
            delivery.attempts += 1
            delivery.fault = await attempt(telling, identifier, by: way, policy.attemptLimit)
            delivery.duration = start.duration(to: loop.now)
            guard let fault = delivery.fault, let pause = policy.pause(after: fault, attempts: delivery.attempts)
            else { return delivery }
            do { try await loop.sleep(for: pause) } catch { return delivery }
        }
    }

    private static func attempt(
        _ telling: Telling, _ identifier: String, by way: any Way, _ limit: Duration
    ) async -> DeliveryFault? {
        do {
            try await way.deliver(telling, identifier, within: limit)
            return nil
        } catch {
            return DeliveryFault(describing: error, hiding: way.secrets)
        }
    }
}
