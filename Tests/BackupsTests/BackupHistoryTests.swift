import Basics
import JSONText
import TestSupport
import Testing

@testable import Backups

@Suite struct BackupHistoryTests {
    private static func result(_ number: Int) -> BackupResult {
        let begun = Timestamp(seconds: 1_795_262_400 + Int64(number))
        return BackupResult("full", of: "/r", begun: begun, ended: begun + .seconds(1))
    }

    @Test("What became of a run is kept with everything that is known of it")
    func roundTrip() throws {
        var result = Self.result(1)
        #expect(result.isGood)
        #expect(BackupResult(json: result.json) == result)
        (result.label, result.size, result.stored) = ("20261121-020000F", 5_000_000_000, 1_000_000)
        (result.trouble, result.hint, result.repository) = ("no room", "Free some.", nil)
        let text = result.json.compact
        #expect(BackupResult(json: try JSONReader().read(JSON.self, from: text)) == result)
        #expect(!result.isGood)
    }

    @Test("Runs are kept in their order, in a folder that is made for them")
    func order() throws {
        try withTemporaryFolder { folder in
            let history = BackupHistory("\(folder)/of/runs.jsonl")
            #expect(try history.all().isEmpty)
            for number in 1...3 { try history.add(Self.result(number)) }
            #expect(try history.all() == (1...3).map(Self.result))
        }
    }

    @Test("A line that a crash has cut off, or that is none, is passed over and does not come back")
    func cutOff() throws {
        try withTemporaryFolder { folder in
            let file = "\(folder)/runs.jsonl"
            let lines = (1...3).map { Self.result($0).json.compact }
            try Files.writeAtomically("\(lines[0])\n{}\n\n\(lines[1])\n\(lines[2].dropLast(30))", to: file)
            #expect(try BackupHistory(file).all() == (1...2).map(Self.result))
            try BackupHistory(file).add(Self.result(4))
            #expect(try BackupHistory(file).all() == [1, 2, 4].map(Self.result))
            #expect(try Files.readText(file).split(separator: "\n").count == 3)
        }
    }

    @Test("The oldest runs go when there are more than a year of them")
    func trimming() throws {
        try withTemporaryFolder { folder in
            let file = "\(folder)/runs.jsonl"
            try Files.writeAtomically((1...12_000).map { Self.result($0).json.compact + "\n" }.joined(), to: file)
            try BackupHistory(file).add(Self.result(12_001))
            let lines = try Files.readText(file).split(separator: "\n")
            #expect(lines.count == 12_000)
            #expect(lines.first.map(String.init) == Self.result(2).json.compact)
            #expect(lines.last.map(String.init) == Self.result(12_001).json.compact)
        }
    }
}
