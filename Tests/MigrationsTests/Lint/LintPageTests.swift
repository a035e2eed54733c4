import Basics
import Testing

@testable import Migrations

@Suite("The page about schema changes") struct LintPageTests {
    @Test("It lists every rule once, in order")
    func rules() throws {
        let root = Files.parent(of: Files.parent(of: Files.parent(of: Files.parent(of: #filePath))))
        let lines = try Files.readText("\(root)/docs/schema-changes.md").split(separator: "\n")
        let listed = lines.filter { $0.hasPrefix("| `") }.compactMap { $0.split(separator: "`").dropFirst().first }
        #expect(listed.map(String.init) == LintRule.allCases.map(\.rawValue))
    }
}
