import TestSupport
import Testing

@testable import Backups

@Suite struct LogContinuityTests {
    private func file(_ number: Int, _ timeline: Int = 1) -> LogFile { LogFile(timeline: timeline, number: number) }

    private func continuity(
        _ files: [LogFile], from first: LogFile, histories: Set<Int> = []
    ) -> LogContinuity {
        LogContinuity(files: files, histories: histories, from: first)
    }

    @Test(
        "A file of the log has its name and its place",
        arguments: [
            ("000000010000000000000001", 1, 1), ("00000001000000000000000A", 1, 10),
            ("0000000100000000000000FF", 1, 255), ("000000010000000100000000", 1, 256),
            ("0000000A00000003000000FE", 10, 3 * 256 + 254),
        ])
    func names(name: String, timeline: Int, number: Int) throws {
        let read = try #require(LogFile(name))
        #expect(read == file(number, timeline))
        #expect(read.name == name)
        #expect(read.end == (number + 1) * 16_777_216)
    }

    @Test(
        "Anything else is no file of the log",
        arguments: [
            "", "00000001000000000000000", "0000000100000000000000010", "000000010000000000000100",
            "00000001000000000000000a", "00000002.history", "+00000010000000000000001", "00000001000000000000000G",
        ])
    func strange(name: String) { #expect(LogFile(name) == nil) }

    @Test("An earlier timeline is less, and an earlier file of the same")
    func order() {
        #expect([file(1, 2), file(9, 1), file(2, 1)].sorted() == [file(2, 1), file(9, 1), file(1, 2)])
    }

    @Test("A log without holes is whole from any of its files on, whatever is before that")
    func whole() {
        let files = [2, 7, 8, 9].map { file($0) }
        #expect(continuity(files, from: file(7)).isWhole)
        #expect(continuity(files, from: file(7)).newest == file(9))
        #expect(
            continuity(files, from: file(2)).complaints == [
                "the log lacks 000000010000000000000003 to 000000010000000000000006"
            ])
    }

    @Test("What is missing at the beginning is a hole, too, and so is a log of which nothing is left")
    func beginning() {
        #expect(
            continuity([file(9)], from: file(7)).holes == [.init(first: file(7), last: file(8))])
        #expect(continuity([], from: file(7)).complaints == ["the log lacks 000000010000000000000007"])
        #expect(
            continuity([file(9, 2)], from: file(7), histories: [2]).holes == [.init(first: file(7), last: file(8))])
    }

    @Test("A timeline goes on in the file in which the one before it ended")
    func timelines() {
        let files = [file(1), file(2), file(3), file(3, 2), file(4, 2), file(5, 4)]
        #expect(continuity(files, from: file(1), histories: [2, 4]).isWhole)
        // What the former primary still wrote does not hide what the next timeline has.
        #expect(continuity(files + [file(4)], from: file(1), histories: [2, 4]).isWhole)
        #expect(
            continuity([file(1), file(3, 2)], from: file(1), histories: [2]).complaints == [
                "the log lacks 000000020000000000000002"
            ])
    }

    @Test("A timeline without its history file is named")
    func histories() {
        let found = continuity([file(1), file(2), file(2, 2), file(2, 3)], from: file(1), histories: [3])
        #expect(found.complaints == ["timeline 2 has no history file"])
        #expect(!found.isWhole && found.holes.isEmpty)
    }

    @Test("Exactly the files that somebody took away are the holes")
    func property() {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            let count = Int.random(in: 2...600, using: &generator)
            let begin = Int.random(in: 1...1000, using: &generator)
            let all = (begin..<begin + count).map { file($0) }
            let kept = all.dropLast().filter { _ in Int.random(in: 0..<10, using: &generator) > 0 } + [all[count - 1]]
            let found = continuity(kept.shuffled(using: &generator), from: all[0])
            let missing = found.holes.flatMap { hole in (hole.first.number...hole.last.number).map { file($0) } }
            #expect(missing == Set(all).subtracting(kept).sorted(), generator.note)
            for (hole, next) in zip(found.holes, found.holes.dropFirst()) {
                #expect(hole.last.number + 1 < next.first.number, generator.note)
            }
            #expect(found.newest == all.last)
        }
    }
}
