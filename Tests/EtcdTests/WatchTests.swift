import Basics
import EtcdTestSupport
import Glibc
import Loop
import LoopTestSupport
import TestSupport
import Testing

@testable import Etcd

@Suite struct WatchTests {
    @Test("A watch tells what happened since a revision, with what was there before if that is wanted")
    func changes() async throws {
        try await withEtcdClient { client, _, loop in
            let first = try await client.put("a/1", "one")
            try await client.put("b", "not watched")
            try await client.transaction(then: [.put("a/2", Array("two".utf8)), .put("a/1", Array("new".utf8))])
            try await client.delete(.one("a/2"))
            let journal = WatchJournal(client, .prefix("a/"), after: first, on: loop)
            try await journal.wait { $0.events.count == 3 }
            #expect(journal.events.map(\.kind) == [.put, .put, .delete])
            #expect(journal.events.map(\.value.key.text) == ["a/2", "a/1", "a/2"])
            #expect(journal.events[0].value.modRevision == journal.events[1].value.modRevision)
            await journal.stop()
            #expect(journal.ending is CancellationError)

            struct Enough: Error {}
            await #expect(throws: Enough.self) {
                try await client.watch(.one("a/1"), after: first, withPrevious: true) { notification in
                    guard case .changes(let events) = notification else { return }
                    #expect(events.first?.previous?.text == "one" && events.first?.value.text == "new")
                    throw Enough()
                }
            }
        }
    }

    @Test("A watch goes on when its member was killed and is back, and misses nothing")
    func memberRestarted() async throws {
        try await withEtcdClient { client, cluster, loop in
            let begin = try await client.put("a", "0")
            let journal = WatchJournal(client, .one("a"), after: begin, on: loop)
            try await client.put("a", "1")
            try await journal.wait { $0.events.count == 1 }
            cluster.kill(0)
            try await journal.wait { $0.notifications.contains(.interrupted(unreachable)) }
            try await cluster.start([0], on: loop)
            try await client.put("a", "2", mayRepeat: true)
            try await journal.wait { $0.events.last?.value.text == "2" }
            #expect(journal.confirmations == 2 && journal.gaps == [])
            await journal.stop()
        }
    }

    private let unreachable = EtcdError(.unreachable, ParlorError(.connection, ""))

    @Test("A member that falls silent is left for another one")
    func silent() async throws {
        try await withEtcd { cluster, loop in
            let proxy = try FaultProxy(to: cluster.members[0].client, on: loop)
            defer { proxy.close() }
            var options = try cluster.options(through: [proxy.address, cluster.members[0].client])
            options.silenceLimit = .seconds(1)
            let client = try EtcdClient(options, on: loop)
            let direct = try EtcdClient(cluster.options(), on: loop)
            let begin = try await direct.put("a", "0")
            let journal = WatchJournal(client, .one("a"), after: begin, on: loop)
            try await journal.wait { $0.confirmations == 1 }
            proxy.stall()
            try await direct.put("a", "1")
            try await journal.wait { $0.events.count == 1 }
            #expect(journal.confirmations > 1 && journal.gaps == [])
            await journal.stop()
            client.close()
            direct.close()
        }
    }

    @Test("What was compacted before a watch came to it is a gap")
    func compacted() async throws {
        try await withEtcdClient { client, _, loop in
            let begin = try await client.put("a", "0")
            for number in 1...5 { try await client.put("a", "\(number)") }
            try await client.compact(upTo: begin + 4)
            let journal = WatchJournal(client, .one("a"), after: begin, on: loop)
            try await journal.wait { $0.events.count == 1 }
            #expect(journal.gaps == [.compacted(resumesAfter: begin + 4)])
            #expect(journal.events.map(\.value.text) == ["5"])
            await journal.stop()
        }
    }

    @Test("A cluster that was made anew is a gap, though it has the same number")
    func otherHistory() async throws {
        try await withEtcdClient { client, cluster, loop in
            for number in 1...5 { try await client.put("a", "\(number)") }
            let header = try await client.range(.one("a")).header
            let journal = WatchJournal(client, .one("a"), after: header.revision, on: loop)
            try await journal.wait { $0.confirmations == 1 }
            cluster.kill(0)
            try cluster.wipe(0)
            try await cluster.start([0], on: loop)
            try await journal.wait { $0.gaps.count == 1 && $0.confirmations == 2 }
            try await client.put("a", "new")
            try await journal.wait { $0.events.count == 1 }
            #expect(journal.gaps == [.otherHistory(resumesAfter: 1)])
            #expect(try await client.range(.one("a")).header.cluster == header.cluster)
            await journal.stop()
        }
    }

    @Test("Whatever breaks, a watch tells every acknowledged write once and in order")
    func journal() async throws {
        let seconds = getenv("PARLOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) }
        let generator = SeededGenerator()
        print("watch journal: TEST_SEED=\(generator.seed)")
        try await withEtcd { cluster, loop in
            var generator = generator
            let proxy = try FaultProxy(to: cluster.members[0].client, on: loop)
            defer { proxy.close() }
            let watcher = try EtcdClient(cluster.options(through: [proxy.address]), on: loop)
            let writer = try EtcdClient(cluster.options(), on: loop)
            let begin = try await writer.put("a", "begin")
            let journal = WatchJournal(watcher, .prefix("a"), after: begin, on: loop)
            var acknowledged: [Int64] = []
            let end = ContinuousClock.now + .seconds(seconds ?? 0)
            repeat {
                for _ in 0..<100 {
                    switch Int.random(in: 0..<100, using: &generator) {
                    case 0..<8: proxy.cut()
                    case 8..<10:
                        cluster.kill(0)
                        try await cluster.start([0], on: loop)
                    case 10..<20: proxy.stall()
                    case 20..<50: proxy.release()
                    default: acknowledged.append(try await writer.put("a", "\(acknowledged.count)"))
                    }
                }
                proxy.release()
                let last = acknowledged.last ?? begin
                try await journal.wait { ($0.events.last?.value.modRevision ?? begin) >= last }
            } while ContinuousClock.now < end
            #expect(journal.events.map(\.value.modRevision) == acknowledged, generator.note)
            #expect(journal.gaps == [], generator.note)
            await journal.stop()
            watcher.close()
            writer.close()
        }
    }
}
