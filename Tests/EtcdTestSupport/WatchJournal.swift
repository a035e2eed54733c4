public import Etcd
public import Loop

/// Everything that a watch has told so far, for tests that wait for some of it.
public final class WatchJournal: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let loop: EventLoop
    /// What was told, in its order.
    public private(set) var notifications: [EtcdNotification] = []
    /// Why the watch ended.
    public private(set) var ending: (any Error)?
    private var arrival = LoopWait<Void>()
    private var task: Task<Void, Never>?

    /// Watches until `stop`.
    public init(_ client: EtcdClient, _ keys: EtcdKeys, after revision: Int64, on loop: EventLoop) {
        self.loop = loop
        // Unstructured because a test changes things while the watch runs.
        task = Task(executorPreference: loop) { [weak self] in
            do {
                try await client.watch(keys, after: revision) { notification in
                    self?.notifications.append(notification)
                    self?.wake()
                }
            } catch {
                self?.ending = error
                self?.wake()
            }
        }
    }

    /// Ends the watch, and waits for its end.
    public func stop() async {
        task?.cancel()
        await task?.value
    }

    /// Comes back when what was told so far, or the ending, is enough.
    public func wait(until isEnough: (WatchJournal) -> Bool) async throws {
        while !isEnough(self) {
            if let ending { throw ending }
            try await arrival.value(on: loop)
        }
    }

    /// The events, without what stands between them.
    public var events: [EtcdEvent] {
        notifications.flatMap { notification -> [EtcdEvent] in
            if case .changes(let events) = notification { events } else { [] }
        }
    }

    /// The gaps.
    public var gaps: [EtcdGap] {
        notifications.compactMap { notification -> EtcdGap? in
            if case .gap(let gap) = notification { gap } else { nil }
        }
    }

    /// How often a member has confirmed the watch.
    public var confirmations: Int { notifications.count { $0 == .listening } }

    private func wake() {
        arrival.succeed()
        arrival = LoopWait()
    }
}
