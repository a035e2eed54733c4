import Basics
import Loop
import TestSupport
import Testing

@testable import Drills

@Suite struct JournalTests {
    private static let records = [
        JournalRecord(.intent, Operation(client: 1, sequence: 1)),
        JournalRecord(.intent, Operation(client: 2, sequence: 1)),
        JournalRecord(.acknowledged, Operation(client: 1, sequence: 1)),
        JournalRecord(.refused, Operation(client: 2, sequence: 1), reason: "25006"),
        JournalRecord(.intent, Operation(client: 1, sequence: 2)),
        JournalRecord(.unknown, Operation(client: 1, sequence: 2), reason: "lost"),
        JournalRecord(.intent, Operation(client: 2, sequence: 2)),
    ]

    @Test("What was written is read while the journal is still open, as after a kill")
    func readable() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/journal"
            let contents = try await EventLoop.onThread { loop in
                let journal = try await Journal.create(path, on: loop)
                for record in Self.records.dropLast() where record.kind == .intent { try journal.append(record) }
                for record in Self.records where record.kind != .intent { try await journal.settle(record, on: loop) }
                try journal.append(JournalRecord(.intent, Operation(client: 2, sequence: 2)))
                return try JournalContents(readingFrom: path)
            }
            #expect(contents.tornBytes == 0)
            #expect(
                contents.outcomes == [
                    Operation(client: 1, sequence: 1): .acknowledged, Operation(client: 2, sequence: 1): .refused,
                    Operation(client: 1, sequence: 2): .unknown, Operation(client: 2, sequence: 2): .intent,
                ])
        }
    }

    @Test("A journal that is torn at any byte is readable up to there")
    func torn() throws {
        let lines = Self.records.map(\.line)
        let text = Array(lines.joined().utf8)
        for length in 0...text.count {
            var (whole, size) = (0, 0)
            while whole < lines.count, size + lines[whole].utf8.count <= length {
                size += lines[whole].utf8.count
                whole += 1
            }
            var expected = JournalContents()
            for record in Self.records.prefix(whole) { try expected.add(record) }
            let contents = try JournalContents(String(decoding: text.prefix(length), as: UTF8.self))
            #expect(contents.outcomes == expected.outcomes)
            #expect(contents.tornBytes == length - size)
        }
    }

    @Test("Damage anywhere else is an error, never a shorter journal")
    func damaged() {
        var text = Array(Self.records.map(\.line).joined().utf8)
        text[12] = UInt8(ascii: "7")
        #expect(throws: ParlorError.self) { try JournalContents(String(decoding: text, as: UTF8.self)) }
    }

    @Test(
        "A write has one intent and then one outcome",
        arguments: [[.acknowledged], [.intent, .intent], [.intent, .refused, .acknowledged]]
            as [[JournalRecord.Kind]])
    func order(kinds: [JournalRecord.Kind]) {
        let text = kinds.map { JournalRecord($0, Operation(client: 3, sequence: 9)).line }.joined()
        #expect(throws: ParlorError.self) { try JournalContents(text) }
    }

    @Test("An existing journal is not written on")
    func existing() async throws {
        try await withTemporaryFolder { folder in
            try Files.writeAtomically("", to: "\(folder)/journal")
            await #expect(throws: ParlorError.self) {
                try await EventLoop.onThread { try await Journal.create("\(folder)/journal", on: $0) }
            }
        }
    }

    @Test("Many who settle at once all come back, and all is there")
    func together() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/journal"
            try await EventLoop.onThread { loop in
                let journal = try await Journal.create(path, on: loop)
                try await withThrowingDiscardingTaskGroup { group in
                    for client in 1...50 {
                        group.addTask(executorPreference: loop) {
                            for sequence in 1...4 {
                                let operation = Operation(client: client, sequence: sequence)
                                try journal.append(JournalRecord(.intent, operation))
                                try await journal.settle(JournalRecord(.acknowledged, operation), on: loop)
                            }
                        }
                    }
                }
            }
            #expect(try JournalContents(readingFrom: path).count(.acknowledged) == 200)
        }
    }
}
