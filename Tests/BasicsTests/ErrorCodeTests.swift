import Basics
import Glibc
import Testing

@Suite struct ErrorCodeTests {
    private static let root = Files.parent(of: Files.parent(of: Files.parent(of: #filePath)))
    private static let page = "\(root)/docs/reference/exit-codes.md"

    @Test("Every exit status and every name stands for one code")
    func unique() {
        #expect(Set(ErrorCode.all.map(\.exitStatus)).count == ErrorCode.all.count)
        #expect(Set(ErrorCode.all.map(\.name)).count == ErrorCode.all.count)
        #expect(ErrorCode.all.map(\.exitStatus) == ErrorCode.all.map(\.exitStatus).sorted())
    }

    @Test("Exit statuses stay clear of 0 and of those that shells use themselves")
    func range() {
        for code in ErrorCode.all { #expect((1...125).contains(code.exitStatus), "\(code)") }
    }

    @Test("All codes are as many as are declared")
    func complete() throws {
        let source = try Files.readText("\(ErrorCodeTests.root)/Sources/Core/Basics/ErrorCode.swift")
        let declared = source.split(separator: "\n").filter {
            $0.contains("public static let") && $0.contains("= ErrorCode(")
        }
        #expect(declared.count == ErrorCode.all.count)
    }

    @Test("The reference page has the table of all codes; UPDATE_GOLDEN=1 rewrites it")
    func referencePage() throws {
        let header = "| exit status | name | meaning |"
        let rows = ErrorCode.all.map { "| \($0.exitStatus) | `\($0.name)` | \($0.meaning) |" }
        let table = [header, "|---|---|---|"] + rows

        let lines = try Files.readText(ErrorCodeTests.page).split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0 == header }, "the page has no table of exit statuses")
        let end = lines[start...].firstIndex { !$0.hasPrefix("|") } ?? lines.endIndex
        if getenv("UPDATE_GOLDEN") != nil {
            let page = lines[..<start].map(String.init) + table + lines[end...].map(String.init)
            try Files.writeAtomically(page.joined(separator: "\n"), to: ErrorCodeTests.page, mode: 0o644)
        } else {
            #expect(
                lines[start..<end].map(String.init) == table, "run this test with UPDATE_GOLDEN=1 to rewrite the table")
        }
    }
}
