import Basics
import JSONText
import Testing

@testable import Etcd

@Suite struct WatchMachineTests {
    private func header(_ revision: Int64, cluster: UInt64 = 1) -> EtcdHeader {
        EtcdHeader(cluster: cluster, member: 2, revision: revision, term: 3)
    }

    private func event(_ revision: Int64) -> EtcdEvent {
        let value = EtcdKeyValue(
            key: "a", value: [], createRevision: 1, modRevision: revision, version: 1, lease: nil)
        return EtcdEvent(kind: .put, value: value, previous: nil)
    }

    private let broken = EtcdError(.unreachable, ParlorError(.connection, "broken"))

    @Test("Events are told once and in order, and a new stream goes on behind the last one")
    func order() {
        var machine = WatchMachine(after: 10)
        #expect(machine.handle(.created(header(12))) == [.tell(.listening)])
        #expect(machine.handle(.events([event(11), event(11)])) == [.tell(.changes([event(11), event(11)]))])
        #expect(machine.handle(.progress) == [] && machine.revision == 11)
        #expect(machine.interrupted(broken) == [.tell(.interrupted(broken))])
        #expect(machine.interrupted(broken) == [])
        #expect(machine.handle(.created(header(13))) == [.tell(.listening)])
        #expect(machine.handle(.events([event(11), event(12)])) == [.tell(.changes([event(12)]))])
        #expect(machine.handle(.events([event(12)])) == [])
        #expect(machine.revision == 12)
    }

    @Test("What was compacted is a gap, and the watch goes on behind it")
    func compaction() {
        var machine = WatchMachine(after: 10)
        _ = machine.handle(.created(header(50)))
        #expect(
            machine.handle(.cancelled(compacted: 40, reason: ""))
                == [.tell(.gap(.compacted(resumesAfter: 40))), .restart])
        #expect(machine.revision == 40)
    }

    @Test("A member that lags behind is no gap, a cluster that has lost its history is")
    func history() {
        var lagging = WatchMachine(after: 10)
        #expect(lagging.handle(.created(header(7))) == [.verify])
        #expect(lagging.verified(10) == [.tell(.listening)])
        var wiped = WatchMachine(after: 10)
        #expect(wiped.handle(.created(header(1))) == [.verify])
        #expect(wiped.verified(3) == [.tell(.gap(.otherHistory(resumesAfter: 3))), .restart])
        #expect(wiped.revision == 3)
    }

    @Test("Another cluster is another history")
    func otherCluster() {
        var machine = WatchMachine(after: 10)
        _ = machine.handle(.created(header(12)))
        #expect(
            machine.handle(.created(header(90, cluster: 9)))
                == [.tell(.gap(.otherHistory(resumesAfter: 90))), .restart])
        #expect(machine.handle(.created(header(90, cluster: 9))) == [])
    }

    @Test("Any other end of the watch is its member's failure")
    func failure() {
        var machine = WatchMachine(after: 10)
        let complaint = EtcdComplaint(sentence: "etcdserver: no leader", code: 14)
        #expect(machine.handle(.complaint(complaint)) == [.fail(complaint)])
        #expect(machine.handle(.cancelled(compacted: 0, reason: complaint.sentence)) == [.fail(complaint)])
    }

    @Test("The lines of a stream are read for what they are")
    func messages() throws {
        let head = #""header":{"cluster_id":"1","member_id":"2","revision":"5","raft_term":"3"}"#
        #expect(try message("{\"result\":{\(head),\"created\":true}}") == .created(header(5)))
        #expect(try message("{\"result\":{\(head)}}") == .progress)
        let cancelled = "{\"result\":{\(head),\"canceled\":true,\"compact_revision\":\"4\"}}"
        #expect(try message(cancelled) == .cancelled(compacted: 4, reason: ""))
        let deleted = #"{"type":"DELETE","kv":{"key":"YQ==","mod_revision":"5"}}"#
        guard case .events(let events) = try message("{\"result\":{\(head),\"events\":[\(deleted)]}}") else {
            throw ParlorError(.unexpected, "no events")
        }
        #expect(events.map(\.kind) == [.delete] && events.map(\.value.key) == ["a"])
        #expect(throws: JSONFault.self) { try message("{\"result\":{}}") }
    }

    private func message(_ text: String) throws -> WatchMessage {
        try JSONReader().read(from: Array(text.utf8)) { json throws(JSONFault) in try WatchMessage(reading: &json) }
    }

    @Test("Lines come out whole, however their bytes arrive", arguments: 1...7)
    func lines(size: Int) throws {
        var lines = StreamLines(limit: 100)
        var found: [String] = []
        let bytes = Array("one\n\ntwo\nthree\nfo".utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines.add(Array(bytes[start...].prefix(size)))
            while let line = try lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
        }
        #expect(found == ["one", "two", "three"])
        lines.add([UInt8](repeating: 0, count: 100))
        #expect(throws: EtcdLineTooLong.self) { try lines.next() }
    }

    @Test("A prefix ends before the first key that does not begin with it")
    func prefixes() {
        #expect(EtcdKeys.prefix("ab").end == Array("ac".utf8))
        #expect(EtcdKeys.prefix(EtcdKey([1, 255, 255])).end == [2])
        #expect(EtcdKeys.prefix(EtcdKey([255])).end == [0])
        #expect(EtcdKeys.prefix(EtcdKey([])).first == [0] && EtcdKeys.prefix(EtcdKey([])).end == [0])
    }
}
