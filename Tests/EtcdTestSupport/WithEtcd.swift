public import Etcd
public import Loop

/// Runs `body` on a loop of its own with a cluster of its own.
public func withEtcd(
    members: Int = 1, _ body: @escaping @Sendable (TestEtcd, EventLoop) async throws -> Void
) async throws {
    try await EventLoop.onThread { loop in
        let cluster = try await TestEtcd.started(members: members, on: loop)
        defer { cluster.stop() }
        try await body(cluster, loop)
    }
}

/// The same with a client.
public func withEtcdClient(
    members: Int = 1, _ body: @escaping @Sendable (EtcdClient, TestEtcd, EventLoop) async throws -> Void
) async throws {
    try await withEtcd(members: members) { cluster, loop in
        let client = try EtcdClient(cluster.options(), on: loop)
        defer { client.close() }
        try await body(client, cluster, loop)
    }
}
