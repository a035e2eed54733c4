import Glibc
import TestSupport
import Testing

@testable import FaultTestSupport

@Suite(.networkLab, .serialized) struct NetworkDelayTests {
    private static let delay = Duration.milliseconds(15)

    /// How long a datagram from one host to another and its answer took.
    private func roundTrip(_ from: NetworkHost, _ to: NetworkHost) throws -> Duration {
        let (asking, answering) = (try HostSocket(on: from, SOCK_DGRAM), try HostSocket(on: to, SOCK_DGRAM))
        let (askers, answerers) = (try asking.bind(to: from), try answering.bind(to: to))
        let start = ContinuousClock.now
        asking.send([1], to: answerers)
        try #require(answering.hasArrival(within: 10_000))
        answering.send([2], to: askers)
        try #require(asking.hasArrival(within: 10_000))
        return .now - start
    }

    @Test("A round trip to a slow host takes its delay twice, one between two slow hosts both delays twice")
    func roundTrips() throws {
        let lab = try NetworkLab(hosts: ["a", "b", "c"])
        let (a, b, c) = (lab["a"], lab["b"], lab["c"])
        try lab.cause(.slow("a", Self.delay))
        for _ in 0..<3 {
            #expect(try roundTrip(a, b) >= Self.delay * 2)
            #expect(try roundTrip(b, a) >= Self.delay * 2)
        }
        try lab.cause(.slow("b", Self.delay * 2))
        #expect(try roundTrip(a, b) >= Self.delay * 6)
        #expect(try roundTrip(c, b) >= Self.delay * 4)
        try lab.cause(.slow("b", Self.delay))
        #expect(try roundTrip(c, b) >= Self.delay * 6)
        try lab.remove()
    }

    @Test("A delay holds for its host alone and until it is healed, and what was under way then arrives")
    func healing() throws {
        let lab = try NetworkLab(hosts: ["a", "b", "c"])
        let (a, b, c) = (lab["a"], lab["b"], lab["c"])
        let receiver = try HostSocket(on: a, SOCK_DGRAM)
        let place = try receiver.bind(to: a)
        let sender = try HostSocket(on: b, SOCK_DGRAM)
        // So that they know each other's cards; nothing else could be sent for an hour.
        #expect(try b.reaches(a))
        try lab.cause(.slow("a", .seconds(3600)))
        sender.send([7], to: place)
        #expect(try a.misses(b) && b.misses(a) && b.reaches(c))
        #expect(!receiver.hasArrival(within: 0))
        try lab.heal(.slow("a", .seconds(3600)))
        #expect(receiver.hasArrival(within: 10_000))
        #expect(receiver.receive() == [7])
        #expect(try a.reaches(b) && b.reaches(a))
        try lab.cause(.slow("a", .seconds(3600)), .slow("a", .milliseconds(1)))
        try lab.heal(.slow("a", .seconds(3600)))
        #expect(try roundTrip(a, b) >= .milliseconds(2))
        try lab.healAll()
        try lab.remove()
    }

    @Test("A slow host can be unplugged, parted and silenced besides, in any order")
    func together() throws {
        let lab = try NetworkLab(hosts: ["a", "b", "c"])
        let (a, b, c) = (lab["a"], lab["b"], lab["c"])
        let slow = NetworkFault.slow("a", .milliseconds(1))
        try lab.cause(slow, .parted("a", "b"))
        #expect(try a.misses(b) && a.reaches(c))
        try lab.heal(.parted("a", "b"))
        try lab.cause(.unplugged("a"))
        #expect(try c.misses(a) && b.reaches(c))
        try lab.heal(slow)
        #expect(try b.misses(a))
        try lab.cause(slow)
        try lab.heal(.unplugged("a"))
        #expect(try roundTrip(a, b) >= .milliseconds(2))
        #expect(try c.reaches(a))
        try lab.cause(.silenced("a", .outward), .lossy("b", percent: 100))
        #expect(try a.misses(c) && c.reaches(a) && c.misses(b))
        try lab.healAll()
        #expect(try a.reaches(b) && b.reaches(a))
        try lab.remove()
    }

    @Test("Megabytes over a connection to a slow host and back arrive as they were sent")
    func bytes() throws {
        var generator = SeededGenerator()
        let sent = (0..<(1 << 20)).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
        let lab = try NetworkLab(hosts: ["a", "b"])
        try lab.cause(.slow("a", .milliseconds(2)))
        let listener = try HostSocket(on: lab["a"], SOCK_STREAM)
        let place = try listener.bind(to: lab["a"])
        try #require(listen(listener.descriptor, 1) == 0)
        let answering = OwnThread {
            let stream = accept(listener.descriptor, nil, nil)
            defer { close(stream) }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            var all: [UInt8] = []
            while case let count = read(stream, &bytes, bytes.count), count > 0 { all += bytes.prefix(count) }
            _ = Glibc.send(stream, all, all.count, Int32(MSG_NOSIGNAL))
        }
        let stream = try HostSocket(on: lab["b"], SOCK_STREAM)
        try stream.connect(to: place)
        #expect(Glibc.send(stream.descriptor, sent, sent.count, Int32(MSG_NOSIGNAL)) == sent.count)
        shutdown(stream.descriptor, Int32(SHUT_WR))
        var received: [UInt8] = []
        while case let bytes = stream.receive(), !bytes.isEmpty { received += bytes }
        answering.join()
        let isSame = received == sent
        #expect(isSame, generator.note)
        try lab.remove()
    }

    @Test("A datagram of many frames arrives whole")
    func fragments() throws {
        let lab = try NetworkLab(hosts: ["a", "b"])
        try lab.cause(.slow("a", .milliseconds(2)))
        let receiver = try HostSocket(on: lab["a"], SOCK_DGRAM)
        let place = try receiver.bind(to: lab["a"])
        let sender = try HostSocket(on: lab["b"], SOCK_DGRAM)
        let sent = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        sender.send(sent, to: place)
        try #require(receiver.hasArrival(within: 10_000))
        #expect(receiver.receive() == sent)
        try lab.remove()
    }

    @Test("The thread of a slow cable ends with the fault or with the lab, and its devices do too")
    func ending() throws {
        weak var cable: SlowCable?
        let lab = try NetworkLab(hosts: ["a"])
        func slow() throws {
            try lab.cause(.slow("a", .seconds(3600)))
            cable = lab.cable(of: "a")
            #expect(cable != nil)
        }
        try slow()
        try lab.healAll()
        #expect(cable == nil)
        try slow()
        try lab.remove()
        #expect(cable == nil)
    }
}
