import Basics
import Etcd
import EtcdTestSupport
import Loop
import Testing

@testable import Cluster

@Suite struct ClusterWatchTests {
    /// What a watch has told.
    private enum News: Equatable, Sendable {
        case view(ClusterView)
        case lost
    }

    /// Runs `body` beside a watch of `parlor`.
    private func withWatch(
        _ body: @escaping @Sendable (AsyncStream<News>, EtcdClient, TestEtcd, EventLoop) async throws -> Void
    ) async throws {
        try await withEtcdClient { client, etcd, loop in
            let (news, tell) = AsyncStream.makeStream(of: News.self)
            var options = try etcd.options()
            // Of a member that is gone for good nobody must hear late.
            options.limit = .seconds(1)
            try await withThrowingTaskGroup { [options] group in
                group.addTask {
                    try await ClusterWatch("parlor", on: loop).run(
                        options, lost: { _ in tell.yield(.lost) }, tell: { tell.yield(.view($0)) })
                }
                try await body(news, client, etcd, loop)
                group.cancelAll()
            }
        }
    }

    @Test("The first view is told at once, then each that differs, and what belongs to others is not")
    func changes() async throws {
        try await withWatch { news, client, _, _ in
            var iterator = news.makeAsyncIterator()
            var expected = ClusterView(of: "parlor")
            #expect(await iterator.next() == .view(expected))
            let lease = try await client.grant(for: .seconds(60)).identity
            try await client.put("/service/parlor2/leader", "node9", lease: lease)
            try await client.put("/service/parlor/config", "{}")
            try await client.put("/service/parlor/leader", "node1", lease: lease)
            expected.put(EtcdKeyValue("/service/parlor/leader", "node1", lease: lease))
            #expect(await iterator.next() == .view(expected))
            try await client.put("/service/parlor/leader", "node1", lease: lease)
            try await client.put("/service/parlor/members/node1", RecordedKeys.primary, lease: lease)
            expected.put(EtcdKeyValue("/service/parlor/members/node1", RecordedKeys.primary, lease: lease))
            #expect(await iterator.next() == .view(expected))
            try await client.revoke(lease)
            #expect(await iterator.next() == .view(ClusterView(of: "parlor")))
        }
    }

    @Test("While etcd is away that is told, what was told stays, and what has changed meanwhile is told afterwards")
    func interruption() async throws {
        try await withWatch { news, client, etcd, loop in
            var iterator = news.makeAsyncIterator()
            // What comes after the first view comes from a watch that etcd has confirmed.
            #expect(await iterator.next() == .view(ClusterView(of: "parlor")))
            let lease = try await client.grant(for: .seconds(600)).identity
            try await client.put("/service/parlor/leader", "node1", lease: lease)
            var led = ClusterView(of: "parlor")
            led.put(EtcdKeyValue("/service/parlor/leader", "node1", lease: lease))
            while let news = await iterator.next(), news != .view(led) {}
            etcd.kill(0)
            while let news = await iterator.next(), news != .lost { #expect(news == .view(led)) }
            try await etcd.start([0], on: loop)
            try await client.put("/service/parlor/leader", "node2", lease: lease)
            led.put(EtcdKeyValue("/service/parlor/leader", "node2", lease: lease))
            while let news = await iterator.next(), news != .view(led) {}
        }
    }
}
