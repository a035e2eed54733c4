import Basics
import TestSupport
import Glibc
import JSONText
import Telemetry
import Testing

@Suite struct LogSinkTests {
    @Test("Every line reaches standard error by one call, whole, from whichever thread")
    func oneCallPerLine() async throws {
        // A packet socket keeps the borders between calls.
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }

        let logger = Logger(label: "test", sink: StandardErrorSink(.json, descriptor: ends[0]))
        await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    for number in 0..<20 { logger.info("line", [.count: task * 100 + number, .path: "a\nb"]) }
                }
            }
        }

        var counts: Set<Int> = []
        var packet = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<80 {
            let length = recv(ends[1], &packet, packet.count, Int32(MSG_DONTWAIT))
            try #require(length > 0)
            let line = String(decoding: packet.prefix(length), as: UTF8.self)
            #expect(line.hasSuffix("}\n"))
            let count = try #require(try JSON(reading: line)["count"]?.int)
            counts.insert(count)
        }
        #expect(counts.count == 80)
        #expect(recv(ends[1], &packet, packet.count, Int32(MSG_DONTWAIT)) == -1)
    }

    @Test("A line goes on where a descriptor that must not block had no room for it")
    func noRoom() throws {
        try withTemporaryFolder { folder in
            // A pipe holds 64 kB; the other process takes the rest as it comes.
            let pipe = try #require(popen("exec cat > '\(folder)/received'", "we"))
            #expect(fcntl(fileno(pipe), F_SETFL, O_NONBLOCK) == 0)
            let long = String(repeating: "x", count: 1 << 20)
            Logger(label: "test", sink: StandardErrorSink(.json, descriptor: fileno(pipe))).info("long", [.value: long])
            pclose(pipe)
            #expect(try JSON(reading: Files.readText("\(folder)/received"))["value"]?.text == long)
        }
    }

    @Test("A descriptor that cannot be written to harms nobody")
    func unusable() {
        Logger(label: "test", sink: StandardErrorSink(.json, descriptor: -1)).info("lost")
    }

    @Test("A fan-out gives every record to every sink")
    func fanOut() throws {
        try withTemporaryFolder { folder in
            let memory = MemorySink()
            let file = try RotatingFile(path: "\(folder)/agent.log")
            let logger = Logger(label: "agent", sink: FanOutSink([memory, RotatingFileSink(file)]))
            logger.info("started", [.pid: 7])
            logger.info("ended")
            #expect(memory.records.map(\.message) == ["started", "ended"])
            let lines = try Files.readText("\(folder)/agent.log").split(separator: "\n")
            #expect(try lines.map { try JSON(reading: String($0))["message"]?.text } == ["started", "ended"])
        }
    }
}
