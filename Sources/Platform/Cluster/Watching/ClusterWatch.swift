package import Etcd
package import Loop

/// Follows a cluster in etcd: reads it once, then hears of each change when it happens.
package struct ClusterWatch: Sendable {
    private static let pause = Duration.milliseconds(200)

    private let scope: String
    private let loop: EventLoop

    /// A watch of the cluster of that name.
    package init(_ scope: String, on loop: EventLoop) {
        self.scope = scope
        self.loop = loop
    }

    private struct Outdated: Error {}

    /// Tells each view that differs from the one before, the first one included, until its task is cancelled. What is
    /// told while etcd cannot be reached stays; `lost` hears that it may be old.
    package func run(
        _ options: EtcdOptions, lost: (EtcdError) -> Void = { _ in }, tell: (ClusterView) -> Void
    ) async throws {
        let client = try EtcdClient(options, on: loop)
        defer { client.close() }
        let keys = EtcdKeys.prefix(EtcdKey(ClusterView.folder(of: scope)))
        while true {
            do {
                let found = try await client.range(keys)
                var view = ClusterView(of: scope)
                for value in found.values { view.put(value) }
                tell(view)
                try await client.watch(keys, after: found.header.revision) { news in
                    let before = view
                    switch news {
                    case .changes(let events): for event in events { view.take(event) }
                    case .gap: throw Outdated()
                    case .interrupted(let error): lost(error)
                    case .listening: break
                    }
                    if view != before { tell(view) }
                }
            } catch is Outdated {
                // Read anew at once.
            } catch let error as EtcdError {
                lost(error)
                try await loop.sleep(for: Self.pause)
            }
        }
    }
}

extension ClusterView {
    fileprivate mutating func take(_ event: EtcdEvent) {
        if event.kind == .put { put(event.value) } else { delete(event.value.key) }
    }
}
