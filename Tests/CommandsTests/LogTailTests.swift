import Basics
import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Commands

@Suite struct LogTailTests {
    private func append(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try Files.write(Array(text.utf8), to: descriptor, path: path)
    }

    /// Runs `body` with the tail of a log that holds `text`, or that does not exist yet.
    private func withLog(_ text: String?, _ body: (String, inout LogTail) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/service.log"
            if let text { try append(text, to: path) }
            var tail = LogTail(part: "service", path: path)
            try body(path, &tail)
        }
    }

    @Test("The last lines come first, then what is written since")
    func follows() throws {
        try withLog("one\ntwo\nthree\n") { path, tail in
            #expect(try tail.last(2).map(\.text) == ["two", "three"])
            #expect(try tail.next() == [])
            try append("four\nfive\n", to: path)
            #expect(try tail.next().map(\.text) == ["four", "five"])
            #expect(try tail.next() == [])
        }
    }

    @Test("More lines than there are is all of them", arguments: [0, 3, 100])
    func count(count: Int) throws {
        try withLog("one\ntwo\nthree\n") { _, tail in
            let lines = try tail.last(count)
            #expect(lines.map(\.text) == Array(["one", "two", "three"].suffix(count)))
            #expect(lines.allSatisfy { $0.part == "service" })
        }
    }

    @Test("Half a line waits for its end")
    func halfLine() throws {
        try withLog("one\ntw") { path, tail in
            #expect(try tail.last(10).map(\.text) == ["one"])
            try append("o\nthr", to: path)
            #expect(try tail.next().map(\.text) == ["two"])
            try append("ee", to: path)
            #expect(try tail.next() == [])
            try append("\n", to: path)
            #expect(try tail.next().map(\.text) == ["three"])
        }
    }

    @Test("A log that appears is read from its beginning")
    func appearance() throws {
        try withLog(nil) { path, tail in
            #expect(try tail.last(10) == [])
            #expect(try tail.next() == [])
            try append("one\n", to: path)
            #expect(try tail.next().map(\.text) == ["one"])
        }
    }

    @Test("A log that was rotated goes on, with the last lines of the old file")
    func rotation() throws {
        try withLog("one\n") { path, tail in
            #expect(try tail.last(10).map(\.text) == ["one"])
            try append("two\n", to: path)
            try Files.move(path, to: "\(path).1")
            // Between the two steps of a rotation there is no file.
            #expect(try tail.next() == [])
            try append("three\n", to: path)
            #expect(try tail.next().map(\.text) == ["two", "three"])
            try append("four\n", to: path)
            #expect(try tail.next().map(\.text) == ["four"])
        }
    }

    @Test("Everything that a rotating file takes is followed, in its order")
    func rotatingFile() throws {
        try withLog(nil) { path, tail in
            let file = try RotatingFile(path: path, limit: ByteCount(100), keep: 2)
            var seen: [String] = []
            for number in 0..<200 {
                file.append("line number \(number)")
                if number % 3 == 0 { seen += try tail.next().map(\.text) }
            }
            seen += try tail.next().map(\.text)
            #expect(seen == (0..<200).map { "line number \($0)" })
        }
    }

    @Test("Half a line in a file that is gone does not stick to the next one's")
    func rotatedHalf() throws {
        try withLog("one\ntw") { path, tail in
            _ = try tail.last(10)
            try Files.move(path, to: "\(path).old")
            try append("first line of a later file\n", to: path)
            #expect(try tail.next().map(\.text) == ["first line of a later file"])
        }
    }

    @Test("A log that was emptied is read from its new beginning")
    func truncation() throws {
        try withLog("one\ntwo\nthr") { path, tail in
            _ = try tail.last(10)
            try #require(truncate(path, 0) == 0)
            #expect(try tail.next() == [])
            try append("four\n", to: path)
            #expect(try tail.next().map(\.text) == ["four"])
        }
    }

    @Test("Of a large file the last lines are whole, few or many", arguments: [1, 100, 40_000, 59_999, 60_000, 70_000])
    func largeFile(count: Int) throws {
        let all = (0..<60_000).map { "line \($0) of a log that is larger than what is read at once" }
        try withLog(all.joined(separator: "\n") + "\n") { path, tail in
            #expect(try tail.last(count).map(\.text) == all.suffix(count))
            try append("next\n", to: path)
            #expect(try tail.next().map(\.text) == ["next"])
        }
    }

    @Test("A log that cannot be read is an error")
    func unreadable() throws {
        try withTemporaryFolder { folder in
            var tail = LogTail(part: "service", path: folder)
            let error = try #require(throws: ParlorError.self) { try tail.last(1) }
            #expect(error.code == .file)
        }
    }
}
