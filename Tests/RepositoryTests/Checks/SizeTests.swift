import Testing

/// A file that nobody can hold in mind is split.
enum Sizes {
    static func faults(in files: [SourceFile]) -> [Fault] {
        files.filter(\.isSwift).compactMap { file in
            let limit = file.isBelow("Sources") ? 500 : 600
            let count = file.text.hasSuffix("\n") ? file.lines.count - 1 : file.lines.count
            guard count > limit else { return nil }
            let message = "\(count) lines are more than \(limit); split it by concern into Type+Concern.swift"
            return Fault(path: file.path, message: message)
        }
    }
}

@Suite struct SizeTests {
    @Test(
        "The limit is 500 lines in Sources and 600 elsewhere",
        arguments: [("Sources/A/B/C.swift", 500), ("Tests/C.swift", 600)])
    func limits(path: String, limit: Int) {
        let full = SourceFile(path, String(repeating: "\n", count: limit))
        let over = SourceFile(path, full.text + "\n")
        #expect(Sizes.faults(in: [full]) == [])
        #expect(Sizes.faults(in: [over]).first?.message.hasPrefix("\(limit + 1) lines are more than \(limit)") == true)
    }

    @Test("Other files have no limit")
    func others() { #expect(Sizes.faults(in: [SourceFile("a.sql", String(repeating: "\n", count: 5000))]) == []) }

    @Test("No Swift file is too large")
    func tree() { expectNone(Sizes.faults(in: Repository.files)) }
}
