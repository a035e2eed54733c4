import Basics
import Loop
import Postgres

/// Asks the primary how far its log has come, and each standby how far it has replayed, again and again.
///
/// When a standby does not answer, its meter says so at once and it is asked again with the next round; when the primary
/// does not, what was known grows old by itself.
final class LagWatch: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only.
    private let primary: StoreServer
    private let standbys: [StoreServer]
    private let interval: Duration
    private let loop: EventLoop
    private let start = ContinuousClock.now
    private var tasks: [Task<Void, Never>] = []
    private(set) var meters: [LagMeter]

    init(_ primary: StoreServer, _ standbys: [StoreServer], every interval: Duration, on loop: EventLoop) {
        self.primary = primary
        self.standbys = standbys
        self.interval = interval
        self.loop = loop
        meters = standbys.map { _ in LagMeter() }
        guard !standbys.isEmpty else { return }
        // Each asked by itself, so that one that hangs makes no other look old.
        watch { await $0.askPrimary() }
        for index in standbys.indices { watch { await $0.askStandby(index) } }
    }

    private func watch(_ ask: @escaping @Sendable (LagWatch) async -> Void) {
        let (loop, interval) = (loop, interval)
        // Unstructured because it belongs to the store and not to a task; `stop` ends it.
        let task = Task(executorPreference: loop) { [weak self] in
            while !Task.isCancelled {
                guard let self else { return }
                await ask(self)
                try? await loop.sleep(for: interval)
            }
        }
        tasks.append(task)
    }

    /// The time that the meters go by.
    var now: Duration { .now - start }

    func stop() { for task in tasks { task.cancel() } }

    /// A standby failed a read: nobody is sent there before it has answered again.
    func lost(_ index: Int) { meters[index].lost() }

    private func askPrimary() async {
        // From before the question, so that an answer that was long on its way makes nothing look fresher.
        let asked = now
        guard let session = try? await primary.session(),
            let position = await session.position(.written, within: Self.patience)
        else { return }
        for index in meters.indices { meters[index].primary(at: position, asked) }
    }

    private func askStandby(_ index: Int) async {
        guard let session = try? await standbys[index].session(),
            let position = await session.position(.replayed, within: Self.patience)
        else { return meters[index].lost() }
        meters[index].standby(at: position)
    }

    private static let patience = Duration.seconds(1)
}
