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
    private var task: Task<Void, Never>?
    private(set) var meters: [LagMeter]

    init(_ primary: StoreServer, _ standbys: [StoreServer], every interval: Duration, on loop: EventLoop) {
        self.primary = primary
        self.standbys = standbys
        self.interval = interval
        self.loop = loop
        meters = standbys.map { _ in LagMeter() }
        guard !standbys.isEmpty else { return }
        // Unstructured because it belongs to the store and not to a task; `stop` ends it.
        task = Task(executorPreference: loop) { [weak self] in
            while !Task.isCancelled, let self {
                await self.ask()
                try? await self.loop.sleep(for: self.interval)
            }
        }
    }

    /// The time that the meters go by.
    var now: Duration { .now - start }

    func stop() { task?.cancel() }

    /// A standby failed a read: nobody is sent there before it has answered again.
    func lost(_ index: Int) { meters[index].lost() }

    private func ask() async {
        let asked = now
        if let session = try? await primary.session(), let position = await session.walPosition(within: .seconds(1)) {
            for index in meters.indices { meters[index].primary(at: position, asked) }
        }
        for (index, standby) in standbys.enumerated() {
            if let session = try? await standby.session(),
                let position = await session.replayPosition(within: .seconds(1))
            {
                meters[index].standby(at: position)
            } else {
                meters[index].lost()
            }
        }
    }
}
