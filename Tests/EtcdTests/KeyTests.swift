import Basics
import EtcdTestSupport
import Loop
import Testing

@testable import Etcd

@Suite struct KeyTests {
    @Test("Keys and values are bytes, and come back as they were")
    func bytes() async throws {
        try await withEtcdClient { client, _, _ in
            let key = EtcdKey([0x00, 0xFF, 0x2F, 0x0A])
            let value = (0...255).map { UInt8($0) }
            #expect(try await client.get(key) == nil)
            let revision = try await client.put(key, value)
            let found = try #require(try await client.get(key))
            #expect(found.key == key && found.value == value)
            #expect(found.modRevision == revision && found.createRevision == revision && found.version == 1)
            #expect(found.lease == nil)
            try await client.put(key, [UInt8]())
            #expect(try await client.get(key)?.value == [])
        }
    }

    @Test("Ranges and prefixes are read in the order of the keys, at any revision, as many as are wanted")
    func ranges() async throws {
        try await withEtcdClient { client, _, _ in
            for name in ["a", "b/1", "b/2", "b/3", "c"] { try await client.put(EtcdKey(name), name) }
            let prefix = try await client.range(.prefix("b/"))
            #expect(prefix.values.map(\.text) == ["b/1", "b/2", "b/3"] && prefix.count == 3 && !prefix.hasMore)
            #expect(try await client.range(.range(from: "b", upTo: "b/3")).values.map(\.key.text) == ["b/1", "b/2"])
            #expect(try await client.range(.prefix(EtcdKey([]))).count == 5)

            var reading = EtcdReading()
            reading.limit = 2
            reading.isWithoutValues = true
            let first = try await client.range(.prefix("b/"), reading)
            #expect(first.values.map(\.value) == [[], []] && first.count == 3 && first.hasMore)

            let deletion = try await client.delete(.prefix("b/"))
            #expect(deletion.count == 3)
            #expect(try await client.range(.prefix("b/")).values == [])
            var past = EtcdReading()
            past.revision = deletion.header.revision - 1
            past.isLocal = true
            #expect(try await client.range(.prefix("b/"), past).count == 3)
        }
    }

    @Test("A transaction does the one or the other, all of it at one revision")
    func transactions() async throws {
        try await withEtcdClient { client, _, _ in
            let lease = try await client.grant(for: .seconds(60))
            let lock: [EtcdOperation] = [
                .put("leader", Array("one".utf8), lease: lease.identity), .put("history", Array("1".utf8)),
            ]
            let first = try await client.transaction(if: [.isMissing("leader")], then: lock)
            #expect(first.succeeded && first.outcomes == [.put, .put])
            let second = try await client.transaction(
                if: [.isMissing("leader")], then: lock, otherwise: [.range(.one("leader"))])
            guard case .range(let found)? = second.outcomes.first else { throw ParlorError(.unexpected, "no range") }
            #expect(!second.succeeded && found.map(\.text) == ["one"] && found.first?.lease == lease.identity)

            let holds: [EtcdComparison] = [
                .value(of: "leader", .equal, Array("one".utf8)), .version(of: "leader", .greater, 0),
                .modRevision(of: "leader", .equal, first.header.revision), .lease(of: "leader", .equal, lease.identity),
                .createRevision(of: "leader", .less, first.header.revision + 1), .lease(of: "history", .equal, nil),
            ]
            let third = try await client.transaction(if: holds, then: [.delete(.prefix(EtcdKey([])))])
            #expect(third.succeeded && third.outcomes == [.delete(2)])
        }
    }

    @Test("What was compacted, and what has not come yet, is said to be that")
    func compaction() async throws {
        try await withEtcdClient { client, _, _ in
            try await client.put("a", "1")
            let revision = try await client.put("a", "2")
            try await client.compact(upTo: revision)
            try await client.compact(upTo: revision)
            var reading = EtcdReading()
            reading.revision = revision - 1
            await expectFailure(.compacted) { _ = try await client.range(.one("a"), reading) }
            reading.revision = revision + 100
            await expectFailure(.futureRevision) { _ = try await client.range(.one("a"), reading) }
            await expectFailure(.rejected) { try await client.put(EtcdKey([]), "no key") }
        }
    }

    @Test("Members, their state and their health can be asked for")
    func cluster() async throws {
        try await withEtcdClient { client, cluster, _ in
            let members = try await client.members()
            #expect(members.map(\.name) == cluster.members.map(\.name))
            #expect(members.first?.clientAddresses == ["\(client.endpoints[0])"])
            let status = try await client.status(at: client.endpoints[0])
            #expect(status.isLeader && status.version.hasPrefix("3.") && status.bytes >= status.bytesInUse)
            #expect(status.complaints == [])
            #expect(try await client.health(at: client.endpoints[0]) == EtcdHealth(isHealthy: true, reason: nil))
        }
    }

    @Test("Who shows no certificate is not let in, and is told what to do")
    func withoutCertificate() async throws {
        try await withEtcd { cluster, loop in
            var options = try cluster.options(isIdentified: false)
            options.limit = .milliseconds(500)
            let client = try EtcdClient(options, on: loop)
            do {
                try await client.put("a", "secret")
                Issue.record("it was let in")
            } catch let error as EtcdError {
                #expect(error.kind == .unreachable)
                #expect(error.description.contains("HINT: ") && !error.debugDescription.contains("secret"))
            }
        }
    }
}

/// Expects an error of that kind.
func expectFailure(
    _ kind: EtcdError.Kind, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing failed", sourceLocation: sourceLocation)
    } catch let error as EtcdError {
        #expect(error.kind == kind, sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}
