import Basics
import TestSupport
import Glibc
import JSONText
import Telemetry
import Testing

@Suite struct RotatingFileTests {
    @Test("A file is put aside before a line would make it too large, and the oldest goes")
    func rotation() throws {
        try withTemporaryFolder { folder in
            let file = try RotatingFile(path: "\(folder)/a.log", limit: ByteCount(12), keep: 2)
            for number in 1...8 { file.append("line\(number)") }
            #expect(try Files.list(folder) == ["a.log", "a.log.1", "a.log.2"])
            #expect(try Files.readText("\(folder)/a.log") == "line7\nline8\n")
            #expect(try Files.readText("\(folder)/a.log.1") == "line5\nline6\n")
            #expect(try Files.readText("\(folder)/a.log.2") == "line3\nline4\n")
            #expect(file.droppedLines == 0)
        }
    }

    @Test("Without older files the newest one begins again")
    func keepNone() throws {
        try withTemporaryFolder { folder in
            let file = try RotatingFile(path: "\(folder)/a.log", limit: ByteCount(12), keep: 0)
            for number in 1...3 { file.append("line\(number)") }
            #expect(try Files.list(folder) == ["a.log"])
            #expect(try Files.readText("\(folder)/a.log") == "line3\n")
        }
    }

    @Test("A line longer than the limit gets a file of its own")
    func longLine() throws {
        try withTemporaryFolder { folder in
            let file = try RotatingFile(path: "\(folder)/a.log", limit: ByteCount(8))
            for line in ["short", "a line that is too long", "after"] { file.append(line) }
            #expect(try Files.readText("\(folder)/a.log.2") == "short\n")
            #expect(try Files.readText("\(folder)/a.log.1") == "a line that is too long\n")
            #expect(try Files.readText("\(folder)/a.log") == "after\n")
        }
    }

    @Test("What stood in the file stays, counts towards the limit, and is closed to others from now on")
    func reopened() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically("12345\n", to: "\(folder)/a.log", mode: 0o644)
            let file = try RotatingFile(path: "\(folder)/a.log", limit: ByteCount(10))
            #expect(try Files.status("\(folder)/a.log")?.mode == 0o600)
            file.append("abc")
            #expect(try Files.readText("\(folder)/a.log") == "12345\nabc\n")
            file.append("d")
            #expect(try Files.readText("\(folder)/a.log.1") == "12345\nabc\n")
            #expect(try Files.status("\(folder)/a.log")?.mode == 0o600)
        }
    }

    @Test("Bytes pass as they are, and a newline is added only where it is missing")
    func bytes() throws {
        try withTemporaryFolder { folder in
            let file = try RotatingFile(path: "\(folder)/a.log")
            file.append([0xFF, 0x00, 0x0A])
            file.append([0xC3])
            file.append([])
            #expect(try Files.read("\(folder)/a.log") == [0xFF, 0x00, 0x0A, 0xC3, 0x0A, 0x0A])
        }
    }

    @Test("A file that is deleted, moved or emptied underneath is written anew")
    func movedUnderneath() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.log"
            let file = try RotatingFile(path: path, limit: ByteCount(12))
            file.append("one")
            unlink(path)
            file.append("two")
            #expect(try Files.readText(path) == "two\n")
            try Files.move(path, to: "\(folder)/elsewhere")
            file.append("three")
            #expect(try Files.readText(path) == "three\n")
            #expect(try Files.readText("\(folder)/elsewhere") == "two\n")
            truncate(path, 0)
            file.append("0123456789")
            #expect(try Files.list(folder) == ["a.log", "elsewhere"], "an emptied file has room again")
            #expect(file.droppedLines == 0)
        }
    }

    @Test("Lines are counted while the file cannot be opened, and a line tells about them afterwards")
    func recovery() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.log"
            let file = try RotatingFile(path: path, notice: .text(colour: false))
            unlink(path)
            try Files.makeFolder(path)
            for _ in 0..<3 { file.append("lost") }
            #expect(file.droppedLines == 3)

            try Files.remove(path)
            file.append("kept")
            file.append("kept too")
            let lines = try Files.readText(path).split(separator: "\n")
            #expect(lines.count == 3)
            #expect(
                lines[0].hasSuffix("warn  log  log lines were lost  count=3 reason=\"is a directory\" file=\(path)"))
            #expect(lines[1...] == ["kept", "kept too"])
            #expect(file.droppedLines == 3)
        }
    }

    @Test(
        "On a full disk only whole lines stand in the file, and writing goes on by itself when there is room",
        .enabled(if: TinyDisk.isAvailable, "a small file system can be mounted only with the right to do so"))
    func fullDisk() throws {
        try TinyDisk.with { folder in
            let path = "\(folder)/a.log"
            let file = try RotatingFile(path: path)
            let line = String(repeating: "x", count: 999)
            file.append(line)
            TinyDisk.fill("\(folder)/filler")
            for _ in 0..<10 { file.append(line) }
            let kept = 11 - file.droppedLines
            #expect(kept < 11)
            #expect(try Files.readText(path) == String(repeating: line + "\n", count: kept))

            try Files.remove("\(folder)/filler")
            // A child of another test that is between its fork and its exec keeps the file's room for a moment.
            for _ in 0..<1_000_000 {
                if try Files.freeSpace(at: folder).bytes > 8192 { break }
                sched_yield()
            }
            file.append("last")
            let lines = try Files.readText(path).split(separator: "\n").map(String.init)
            try #require(lines.count == kept + 2)
            let notice = try JSON(reading: lines[kept])
            #expect(notice["message"] == "log lines were lost")
            #expect(notice["count"]?.int == 11 - kept)
            #expect(notice["reason"] == "no space left on device")
            #expect(lines.last == "last")
        }
    }

    @Test("What is no regular file is refused when it is opened, links included")
    func refused() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically("kept", to: "\(folder)/target")
            symlink("\(folder)/target", "\(folder)/link")
            mkfifo("\(folder)/pipe", 0o600)
            try Files.makeFolder("\(folder)/folder")
            for name in ["link", "pipe", "folder", "none/a.log"] {
                #expect(throws: ParlorError.self) { try RotatingFile(path: "\(folder)/\(name)") }
            }
            #expect(throws: ParlorError.self) { try RotatingFile(path: "/dev/null") }
            #expect(try Files.readText("\(folder)/target") == "kept")
        }
    }

    @Test("When older files cannot be moved, the newest one grows rather than losing lines")
    func stuckRotation() throws {
        try withTemporaryFolder { folder in
            let file = try RotatingFile(path: "\(folder)/a.log", limit: ByteCount(6), keep: 1)
            try Files.makeFolder("\(folder)/a.log.1/full")
            for number in 1...3 { file.append("line\(number)") }
            #expect(try Files.readText("\(folder)/a.log") == "line1\nline2\nline3\n")
            #expect(file.droppedLines == 0)
        }
    }

    @Test("Lines of many tasks arrive whole, each once, whatever the rotation does")
    func concurrency() async throws {
        let folder = "/tmp/parlor-test-\(RandomIdentifier.hex(bytes: 8))"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        let file = try RotatingFile(path: "\(folder)/a.log", limit: ByteCount(1000), keep: 100)
        await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask { for number in 0..<250 { file.append("task \(task) line \(number) end") } }
            }
        }
        var lines: [Substring] = []
        for name in try Files.list(folder) {
            let text = try Files.readText("\(folder)/\(name)")
            #expect(text.utf8.count <= 1000)
            lines += text.split(separator: "\n")
        }
        #expect(lines.count == 1000)
        #expect(Set(lines).count == 1000)
        #expect(lines.allSatisfy { $0.hasPrefix("task ") && $0.hasSuffix(" end") })
    }
}
