import Basics
import EtcdTestSupport
import Loop
import LoopTestSupport
import Testing

@testable import Etcd

@Suite struct FaultTests {
    /// Waits until some member leads, and says which one.
    private func leader(_ client: EtcdClient) async throws -> Int {
        while true {
            for (number, endpoint) in client.endpoints.enumerated() {
                if let status = try? await client.status(at: endpoint), status.isLeader { return number }
            }
        }
    }

    @Test("When the leader is killed, clients go on with the others")
    func leaderKilled() async throws {
        try await withEtcd(members: 3) { cluster, loop in
            var options = try cluster.options()
            options.attemptLimit = .seconds(1)
            let client = try EtcdClient(options, on: loop)
            let lease = try await client.grant(for: .seconds(60))
            try await client.put("before", "1", lease: lease.identity)
            let leader = try await leader(client)
            cluster.kill(leader)
            try await client.put("after", "2", mayRepeat: true)
            #expect(try await client.range(.prefix(EtcdKey([]))).values.map(\.text) == ["2", "1"])
            #expect(try await client.revoke(lease.identity))
            #expect(try await client.get("before") == nil)
            client.close()
        }
    }

    @Test("The leader hands over to the member that is named, and nobody else can be asked for that")
    func handedOver() async throws {
        try await withEtcdClient(members: 3) { client, _, _ in
            let before = try await leader(client)
            let next = client.endpoints[(before + 1) % 3]
            let wanted = try await client.status(at: next).header.member
            await #expect(throws: EtcdError.self) { try await client.handOver(to: wanted, at: next) }
            try await client.handOver(to: wanted, at: client.endpoints[before])
            #expect(try await client.status(at: client.endpoints[before]).leader == wanted)
        }
    }

    @Test("Without a majority writes fail with a reason within their limit, and go on when it is back")
    func quorumLost() async throws {
        try await withEtcd(members: 3) { cluster, loop in
            var options = try cluster.options()
            options.attemptLimit = .seconds(1)
            let client = try EtcdClient(options, on: loop)
            try await client.put("a", "1")
            cluster.kill(0)
            cluster.pause(1)
            do {
                try await client.put("a", "2", mayRepeat: true, within: .seconds(2))
                Issue.record("a minority accepted a write")
            } catch let error as EtcdError {
                #expect([.noLeader, .overdue].contains(error.kind) && error.isTransient)
                #expect(error.description.contains("HINT: "))
            }
            var old = EtcdReading()
            old.isLocal = true
            #expect(try await client.range(.one("a"), old).values.count == 1)
            cluster.resume(1)
            try await client.put("a", "3", mayRepeat: true)
            #expect(try await client.get("a")?.text == "3")
            try await cluster.start([0], on: loop)
            client.close()
        }
    }

    @Test("A member that hangs holds nobody up, and is asked last from then on")
    func hanging() async throws {
        try await withEtcd { cluster, loop in
            let proxy = try FaultProxy(to: cluster.members[0].client, on: loop)
            defer { proxy.close() }
            proxy.stall()
            var options = try cluster.options(through: [proxy.address, cluster.members[0].client])
            options.connectLimit = .milliseconds(200)
            let client = try EtcdClient(options, on: loop)
            try await client.put("a", "1")
            #expect(proxy.connectionCount == 1)
            for _ in 0..<5 { #expect(try await client.get("a")?.text == "1") }
            #expect(proxy.connectionCount == 1)
            client.close()
        }
    }

    @Test("A write whose answer is lost says so, and is written again only when that is allowed")
    func unknown() async throws {
        try await withEtcd { cluster, loop in
            let proxy = try FaultProxy(to: cluster.members[0].client, on: loop)
            defer { proxy.close() }
            var options = try cluster.options(through: [proxy.address, cluster.members[0].client])
            options.attemptLimit = .milliseconds(300)
            let client = try EtcdClient(options, on: loop)
            while try await isFirst(client) == false {}
            proxy.stall()
            do {
                try await client.put("a", "1")
                Issue.record("nothing was lost")
            } catch let error as EtcdError {
                #expect(error.kind == .overdue && error.mayHaveRun && !error.isSafeToRepeat)
            }
            try await client.put("a", "2", mayRepeat: true)
            #expect(try await client.get("a")?.text == "2")
            client.close()
        }
    }

    /// Whether the first endpoint is still the one that is asked first; a loaded machine may have overtaken it.
    private func isFirst(_ client: EtcdClient) async throws -> Bool {
        client.book.answered(0)
        _ = try await client.get("a")
        return client.book.order.first == 0
    }

    @Test("A call whose task is cancelled ends at once")
    func cancelled() async throws {
        try await withEtcd { cluster, loop in
            let proxy = try FaultProxy(to: cluster.members[0].client, on: loop)
            defer { proxy.close() }
            proxy.stall()
            let client = try EtcdClient(cluster.options(through: [proxy.address]), on: loop)
            let call = Task(executorPreference: loop) { try await client.put("a", "1") }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            client.close()
        }
    }

    @Test("A member is counted out, and another is counted in at its place")
    func replacement() async throws {
        try await withEtcd(members: 3) { cluster, loop in
            let all = try EtcdClient(cluster.options(), on: loop)
            defer { all.close() }
            // One that leads would take the answer with it.
            let number = try await leader(all) == 0 ? 1 : 0
            let lost = try #require(try await all.members().first { $0.name == cluster.members[number].name })
            let others = cluster.members.indices.filter { $0 != number }.map { cluster.members[$0].client }
            let client = try EtcdClient(cluster.options(through: others), on: loop)
            defer { client.close() }
            // etcd changes its members only when all have known each other for some seconds.
            let deadline = ContinuousClock.now + .seconds(30)
            while true {
                do {
                    try await client.remove(member: lost.identity)
                    break
                } catch let error as EtcdError {
                    guard ContinuousClock.now < deadline else { throw error }
                    try await loop.sleep(for: .milliseconds(200))
                }
            }
            let left = try await client.members().map(\.name)
            #expect(Set(left) == Set(cluster.members.map(\.name)).subtracting([lost.name]) && left.count == 2)
            try await client.add(memberAt: lost.peerAddresses[0])
            let members = try await client.members()
            #expect(members.count == 3)
            // It has not been started yet, and is another one.
            let added = try #require(members.first { $0.name.isEmpty })
            #expect(added.peerAddresses == lost.peerAddresses && added.identity != lost.identity)
        }
    }
}
