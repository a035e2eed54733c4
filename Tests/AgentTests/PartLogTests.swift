import Basics
import TestSupport
import Testing

@testable import Agent

@Suite struct PartLogTests {
    private func feed(_ pieces: [String], to write: @Sendable (ArraySlice<UInt8>) -> Void) {
        for piece in pieces { write(Array(piece.utf8)[...]) }
    }

    @Test("Whole lines stand in the file, in whatever pieces they come")
    func pieces() throws {
        try withTemporaryFolder { folder in
            let log = try PartLog(path: "\(folder)/service.log", limit: .megabytes(1), keep: 1)
            feed(["one\ntw", "o\nth", "", "ree", "\n\nfour, which goes on"], to: log.write)
            #expect(try Files.readText("\(folder)/service.log") == "one\ntwo\nthree\n\n")
            feed([" here\n"], to: log.write)
            #expect(try Files.readText("\(folder)/service.log").hasSuffix("\n\nfour, which goes on here\n"))
        }
    }

    @Test("A log goes on where an earlier start left it, readable by its owner only")
    func appended() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/service.log"
            for start in ["first\n", "second\n"] {
                feed([start], to: try PartLog(path: path, limit: .megabytes(1), keep: 1).write)
            }
            #expect(try Files.readText(path) == "first\nsecond\n")
            #expect(try Files.status(path)?.mode == 0o600)
        }
    }

    @Test("A log is put aside between two lines when it grows too large, and the oldest goes")
    func rotated() throws {
        try withTemporaryFolder { folder in
            let log = try PartLog(path: "\(folder)/service.log", limit: ByteCount(20), keep: 2)
            feed((0..<10).map { "line \($0) of ten\n" }, to: log.write)
            #expect(try Files.list(folder) == ["service.log", "service.log.1", "service.log.2"])
            #expect(try Files.readText("\(folder)/service.log") == "line 9 of ten\n")
            #expect(try Files.readText("\(folder)/service.log.1") == "line 8 of ten\n")
            #expect(try Files.readText("\(folder)/service.log.2") == "line 7 of ten\n")
        }
    }

    @Test("A log that cannot be opened is an error before anything is started")
    func noFolder() throws {
        try withTemporaryFolder { folder in
            let error = try #require(throws: ParlorError.self) {
                try PartLog(path: "\(folder)/logs/service.log", limit: .megabytes(1), keep: 1)
            }
            #expect(error.code == .file)
        }
    }
}
