import Basics
import EtcdTestSupport
import Loop
import Testing

@testable import Etcd

@Suite struct LeaseTests {
    @Test("The holder of a key's lease can be found from the key, and revoked: the key is gone at once")
    func revocation() async throws {
        try await withEtcdClient { client, _, loop in
            let key: EtcdKey = "/service/salons/leader"
            let granted = try await client.grant(for: .seconds(60))
            #expect(granted.timeToLive == .seconds(60))
            try await client.put(key, "postgres-1", lease: granted.identity)
            let found = try await client.range(.one(key))
            let lease = try #require(found.values.first?.lease)
            #expect(lease == granted.identity && found.values.first?.text == "postgres-1")

            let status = try #require(try await client.status(of: lease, withKeys: true))
            #expect(status.keys == [key] && status.granted == .seconds(60) && status.remaining <= .seconds(60))
            #expect(try await client.keepAlive(lease)?.timeToLive == .seconds(60))

            let watch = WatchJournal(client, .one(key), after: found.header.revision, on: loop)
            try await watch.wait { $0.confirmations == 1 }
            #expect(try await client.revoke(lease))
            try await watch.wait { $0.events.count == 1 }
            #expect(watch.events.first?.kind == .delete && watch.events.first?.value.key == key)
            #expect(try await client.get(key) == nil)
            await watch.stop()

            #expect(try await client.revoke(lease) == false)
            #expect(try await client.keepAlive(lease) == nil)
            #expect(try await client.status(of: lease) == nil)
            await expectFailure(.leaseNotFound) { try await client.put(key, "late", lease: lease) }
        }
    }

    @Test("A lease that nobody begins anew ends, and its key with it")
    func expiry() async throws {
        try await withEtcdClient { client, _, loop in
            let lease = try await client.grant(for: .milliseconds(900))
            #expect(lease.timeToLive == .seconds(1))
            let revision = try await client.put("leader", "1", lease: lease.identity)
            let watch = WatchJournal(client, .one("leader"), after: revision, on: loop)
            try await watch.wait { $0.events.count == 1 }
            #expect(watch.events.first?.kind == .delete)
            await watch.stop()
        }
    }

    @Test("A lease lasts for some time")
    func nothing() async throws {
        try await withEtcdClient { client, _, _ in
            await expectFailure(.unusable) { _ = try await client.grant(for: .zero) }
        }
    }
}
