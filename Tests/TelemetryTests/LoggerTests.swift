import Basics
import Telemetry
import Testing

@Suite struct LoggerTests {
    private let sink = MemorySink()

    private func logger(_ level: LogLevel = .info) -> Logger { Logger(label: "service", level: level, sink: sink) }

    @Test("Lines below the level are left out, and nothing is evaluated for them")
    func levels() {
        func expensive(_ level: LogLevel) -> LogMetadata {
            if level < .warning { Issue.record("metadata of a line that is left out was evaluated") }
            return [.state: level.rawValue]
        }
        let logger = logger(.warning)
        logger.debug("began", expensive(.debug))
        logger.info("ended", expensive(.info))
        logger.warning("slow", expensive(.warning))
        logger.error("broken", expensive(.error))
        #expect(sink.records.map(\.message) == ["slow", "broken"])
        #expect(sink.records.map(\.level) == [.warning, .error])
        #expect(sink.records.map(\.label) == ["service", "service"])
    }

    @Test("Levels are ordered by how much they matter")
    func order() {
        #expect(LogLevel.allCases.shuffled().sorted() == [.debug, .info, .warning, .error])
        #expect(LogLevel(rawValue: "warning") == .warning)
    }

    @Test("Bound metadata stands on every line, and that of the line wins")
    func metadata() {
        let bound = logger().with([.part: "postgres", .port: 5432])
        bound.info("listening")
        bound.labelled("agent").with([.port: 5433]).info("moved", [.attempt: 2, .part: "pooler"])
        #expect(sink.records[0].metadata == [.part: "postgres", .port: 5432])
        #expect(sink.records[1].metadata == [.part: "pooler", .port: 5433, .attempt: 2])
        #expect(sink.records[1].label == "agent")
    }

    @Test("Values of every type keep it, an absent one leaves its key out, and a secret is masked")
    func values() {
        let port: UInt16? = 3000
        let pid: Int32? = nil
        logger().info(
            "all",
            [
                .port: port, .pid: pid, .count: UInt64.max, .value: 0.5, .state: true,
                .duration: Duration.milliseconds(12),
                .bytes: ByteCount(64), .key: Secret("hunter2"), .code: ErrorCode.timeout, .name: "ab".dropFirst(),
                .version: Timestamp(seconds: 0),
            ])
        #expect(
            sink.records[0].metadata.entries.map(\.value) == [
                .integer(3000), .integer(.max), .double(0.5), .bool(true), .duration(.milliseconds(12)), .integer(64),
                .string("********"), .string("timeout"), .string("b"), .string("1970-01-01T00:00:00.000Z"),
            ])
        #expect(sink.records[0].metadata[.pid] == nil)
    }

    @Test("Metadata holds a key once, and nil takes it out")
    func subscripts() {
        var metadata: LogMetadata = [.port: 1, .part: "a", .port: 2]
        #expect(metadata.entries.map(\.key) == [.port, .part])
        #expect(metadata[.port] == .integer(2))
        metadata[.port] = nil
        metadata[.hint] = nil
        #expect(metadata == [.part: "a"])
    }

    private static let failure = ParlorError(
        .connection, "no connection to redis", why: "connection refused", hint: "Start it.", detail: "AUTH hunter2",
        file: "Room/File.swift", line: 7)

    @Test("An error is told by fact, reason, code and hint, its detail only at debug")
    func errors() {
        logger().warning("could not connect", error: LoggerTests.failure, [.attempt: 3])
        logger(.debug).error("gave up", error: LoggerTests.failure)
        let told: LogMetadata = [
            .error: "no connection to redis: connection refused", .code: "connection", .hint: "Start it.",
        ]
        #expect(sink.records[0].metadata == told.merging([.attempt: 3]))
        #expect(sink.records[1].metadata == told.merging([.detail: "AUTH hunter2", .location: "Room/File.swift:7"]))
    }

    @Test("The request that is answered stands on every line, in child tasks too")
    func requestContext() async {
        let context = TraceContext(
            requestID: "abc", traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        let logger = logger()
        logger.info("outside")
        await TraceContext.$current.withValue(context) {
            logger.info("inside", [.status: 200])
            await withTaskGroup { $0.addTask { logger.info("child") } }
            TraceContext.$current.withValue(context.nextStep()) { logger.info("step") }
        }
        logger.info("after")

        let expected: LogMetadata = [
            .requestID: "abc", .traceID: "4bf92f3577b34da6a3ce929d0e0e4736", .spanID: "\(context.spanID)",
        ]
        #expect(sink.records[0].metadata == [:])
        #expect(sink.records[1].metadata == expected.merging([.status: 200]))
        #expect(sink.records[2].metadata == expected)
        #expect(sink.records[3].metadata[.traceID] == expected[.traceID])
        #expect(sink.records[3].metadata[.spanID] != expected[.spanID])
        #expect(sink.records[4].metadata == [:])
    }

    @Test("No key of metadata can be mistaken for a part of the line itself")
    func reservedKeys() {
        let keys = Set(LogKey.allCases.map(\.rawValue))
        #expect(keys.isDisjoint(with: ["time", "level", "message", "label"]))
        #expect(keys.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
    }
}
