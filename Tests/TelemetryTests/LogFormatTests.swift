import Basics
import JSONText
import TestSupport
import Telemetry
import Testing

@Suite struct LogFormatTests {
    private static let moment = Timestamp(rfc3339: "2026-03-01T09:30:00.250Z") ?? Timestamp(seconds: 0)

    private func line(_ format: LogFormat, _ record: LogRecord) -> String {
        String(decoding: format.line(for: record), as: UTF8.self)
    }

    private func record(
        _ level: LogLevel = .info, label: String = "service", _ message: String = "listening",
        _ metadata: LogMetadata = [.port: 3000]
    ) -> LogRecord {
        LogRecord(time: LogFormatTests.moment, level: level, label: label, message: message, metadata: metadata)
    }

    @Test("The JSON form is one object with typed values")
    func json() {
        let metadata: LogMetadata = [
            .part: "postgres", .port: 5432, .duration: Duration.microseconds(12_345), .value: 0.5, .state: false,
            .key: Secret("hunter2"), .count: Double.nan,
        ]
        #expect(
            line(.json, record(.warning, "slow", metadata))
                == #"{"time":"2026-03-01T09:30:00.250Z","level":"warning","message":"slow","label":"service","#
                + #""part":"postgres","port":5432,"duration_ms":12.345,"value":0.5,"state":false,"#
                + #""key":"********","count":null}"# + "\n")
    }

    @Test("The text form has time, level, label, message and metadata in columns that read well")
    func text() {
        let plain = LogFormat.text(colour: false)
        #expect(line(plain, record()) == "09:30:00.250 info  service  listening  port=3000\n")
        #expect(line(plain, record(.debug, "idle", [:])) == "09:30:00.250 debug service  idle\n")
        #expect(
            line(plain, record(.warning, "slow", [.duration: Duration.seconds(2), .reason: "disk is busy", .name: ""]))
                == "09:30:00.250 warn  service  slow  duration_ms=2000 reason=\"disk is busy\" name=\"\"\n")
        #expect(
            line(plain, record(.error, "broken", [.path: #"a="b"\"#]))
                == #"09:30:00.250 error service  broken  path="a=\"b\"\\""# + "\n")
    }

    @Test("Colours are there only when they are asked for")
    func colour() {
        #expect(
            line(.text(colour: true), record())
                == "\u{1B}[2m09:30:00.250\u{1B}[0m \u{1B}[32minfo \u{1B}[0m service  listening  "
                + "\u{1B}[2mport=\u{1B}[0m3000\n")
        for level in LogLevel.allCases {
            #expect(!line(.text(colour: false), record(level)).contains("\u{1B}"))
        }
    }

    @Test(
        "Nobody can forge a line or move the cursor by what he sends",
        arguments: [
            "\n", "\r\n", "\u{0B}", "\u{0C}", "\0", "\u{7F}", "\u{85}", "\u{9B}31m", "\u{2028}", "\u{2029}",
            "\u{1B}[2J", "\u{8}", "\u{202E}", "\u{2066}", "\u{200F}", "\u{061C}", "\u{FEFF}", "a\n{\"level\":\"info\"}",
        ],
        [LogFormat.json, .text(colour: false)])
    func injection(evil: String, format: LogFormat) {
        let written = line(format, record(label: "a\(evil)", "b\(evil)", [.path: "c\(evil)"]))
        let controls = written.unicodeScalars.dropLast().filter { scalar in
            [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        }
        #expect(controls.isEmpty)
        #expect(written.unicodeScalars.last == "\n")
    }

    @Test(
        "Whatever the values, the JSON form is one line that is read back unchanged",
        arguments: [UInt64.random(in: 0 ... .max)])
    func readBack(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                let limit: UInt32 = Bool.random(using: &generator) ? 0x2100 : 0x10FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &generator)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            let written = LogFormat.json.line(for: record(label: text, text, [.error: text]))
            #expect(written.filter { $0 == UInt8(ascii: "\n") }.count == 1, "seed \(seed)")
            let value = try JSON(reading: String(decoding: written, as: UTF8.self))
            for name in ["label", "message", "error"] {
                #expect(value[name]?.text?.unicodeScalars.elementsEqual(text.unicodeScalars) == true, "seed \(seed)")
            }
        }
    }
}
