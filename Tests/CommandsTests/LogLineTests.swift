import TestSupport
import Testing

@testable import Commands

@Suite struct LogLineTests {
    @Test(
        "The moment of our lines and of PostgreSQL's is read in one form",
        arguments: [
            (#"{"time":"2026-03-01T09:30:00.250Z","level":"info","message":"listening"}"#, "2026-03-01T09:30:00.250"),
            ("2026-03-01 09:30:00.251 UTC [4711] LOG:  ready", "2026-03-01T09:30:00.251"),
            ("2026-03-01 09:30:00.251", "2026-03-01T09:30:00.251"),
        ])
    func moment(text: String, expected: String) { #expect(LogLine.time(of: text) == expected) }

    @Test(
        "A line without a moment has none",
        arguments: [
            "", "\tat character 8", "STATEMENT:  SELECT 1 AS something", #"{"time":1}"#, #"{"level":"info"}"#,
            #"{"time":"2026"}"#, "2026-03-01", "äöüß-äö-üß äö:äö:äö.äöü and so on",
        ])
    func noMoment(text: String) { #expect(LogLine.time(of: text) == nil) }

    @Test("A line without a moment belongs to the one before it")
    func continued() {
        let lines = LogLine.lines(
            of: "postgres",
            [
                "initdb: hello", "2026-03-01 09:30:00.251 UTC ERROR:  no", "\tat character 8",
                "2026-03-01 09:30:00.300 UTC",
            ])
        #expect(
            lines.map(\.time) == [
                "", "2026-03-01T09:30:00.251", "2026-03-01T09:30:00.251", "2026-03-01T09:30:00.300",
            ])
    }

    @Test("Parts are merged by their moments, and what belongs together stays together")
    func merged() {
        let postgres = LogLine.lines(
            of: "postgres",
            [
                "initdb: hello", "2026-03-01 09:30:00.100 UTC one", "\tgoes on", "\tand on",
                "2026-03-01 09:30:00.300 UTC two",
            ])
        let service = LogLine.lines(
            of: "service",
            [
                #"{"time":"2026-03-01T09:30:00.100Z","message":"three"}"#,
                #"{"time":"2026-03-01T09:30:00.200Z","message":"four"}"#,
            ])
        let merged = LogLine.merged([postgres, service])
        #expect(merged == [postgres[0], postgres[1], postgres[2], postgres[3], service[0], service[1], postgres[4]])
    }

    @Test("Merging never changes the order of one part's lines, and loses none")
    func stable() {
        var generator = SeededGenerator()
        for _ in 0..<100 {
            let logs = ["a", "b", "c"].map { part in
                let times = (0..<30).map { _ in Int.random(in: 0...5, using: &generator) }.sorted()
                return times.enumerated().map { LogLine(part: part, time: "\($0.element)", text: "\($0.offset)") }
            }
            let merged = LogLine.merged(logs)
            #expect(merged.map(\.time) == merged.map(\.time).sorted(), generator.note)
            for log in logs { #expect(merged.filter { $0.part == log[0].part } == log, generator.note) }
        }
    }
}

@Suite struct LogLineViewTests {
    private func line(_ text: String, of part: String = "service") -> LogLine {
        LogLine(part: part, time: "", text: text)
    }

    private let entry =
        #"{"time":"2026-03-01T09:30:00.250Z","level":"info","message":"listening","label":"service","#
        + #""trace_id":"0af7","span_id":"b7ad","address":"127.0.0.1:3000","attempt":2}"#

    @Test("Among several parts each line names its own, and the texts line up")
    func parts() {
        let view = LogLineView(partWidth: 8, isForPeople: false)
        #expect(view.line(line("ready")) == "service  | ready")
        #expect(view.line(line("ready", of: "postgres")) == "postgres | ready")
        #expect(LogLineView(partWidth: nil, isForPeople: false).line(line("ready")) == "ready")
    }

    @Test("People read words, and programs read what was written")
    func words() {
        #expect(
            LogLineView(partWidth: nil, isForPeople: true).line(line(entry))
                == "09:30:00.250 info    listening  address=127.0.0.1:3000 attempt=2")
        #expect(LogLineView(partWidth: nil, isForPeople: false).line(line(entry)) == entry)
        #expect(
            LogLineView(partWidth: 8, isForPeople: true).line(
                line(#"{"time":"2026-03-01T09:30:00.250Z","level":"warning","message":"stopped"}"#, of: "agent"))
                == "agent    | 09:30:00.250 warning stopped")
    }

    @Test(
        "A line that is not one of ours is shown as it is",
        arguments: [
            "2026-03-01 09:30:00.251 UTC [4711] LOG:  ready", "{", "{}", #"{"time":"soon"}"#, "[1]", "",
            #"{"time":"2026-03-01T09:30:00.250Z""#,
        ])
    func foreign(text: String) {
        #expect(LogLineView(partWidth: nil, isForPeople: true).line(line(text)) == text)
    }

    @Test("A line cannot steer the terminal", arguments: [true, false])
    func controlCharacters(isForPeople: Bool) {
        let view = LogLineView(partWidth: nil, isForPeople: isForPeople)
        let entry = #"{"time":"2026-03-01T09:30:00.250Z","level":"info","message":"\u001b[2J"}"#
        #expect(!view.line(line("\u{1B}[2Jready\u{7}")).contains { $0 == "\u{1B}" || $0 == "\u{7}" })
        #expect(!view.line(line(entry)).contains("\u{1B}"))
    }
}
