import Basics
import Configuration
import Glibc
import Testing

@Suite struct ReferencePageTests {
    private static let begin = "<!-- keys -->\n"
    private static let end = "\n<!-- end of keys -->"
    private static let page = "docs/reference/configuration.md"

    /// The root of the package, seen from this file.
    private var root: String { Files.parent(of: Files.parent(of: Files.parent(of: #filePath))) }

    @Test("The table of the reference page is that of the keys")
    func table() throws {
        let text = try Files.readText("\(root)/\(Self.page)")
        let begin = try #require(text.firstRange(of: Self.begin), "\(Self.page) has no \(Self.begin)")
        let end = try #require(text.firstRange(of: Self.end), "\(Self.page) has no \(Self.end)")
        let table = begin.upperBound < end.lowerBound ? text[begin.upperBound..<end.lowerBound] : ""
        if getenv("UPDATE_GOLDEN") != nil {
            let renewed = text[..<begin.upperBound] + ConfigurationPage.table + text[end.lowerBound...]
            return try Files.writeAtomically(String(renewed), to: "\(root)/\(Self.page)", mode: 0o644)
        }
        #expect(
            table == ConfigurationPage.table,
            "\(Self.page) is out of date; write it again with: UPDATE_GOLDEN=1 swift test --filter ReferencePageTests")
    }

    @Test("The example of the page works")
    func example() throws {
        let text = try Files.readText("\(root)/\(Self.page)")
        let example = try #require(text.firstMatch(of: /```yaml\n((?s).*?)```/)).output.1
        let loaded = try load(yaml: String(example))
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.configuration.database.memory == .gigabytes(8))
        #expect(loaded.configuration.api.host == "0.0.0.0")
    }

    @Test("A cell of the table cannot break it")
    func cells() {
        for row in ConfigurationPage.table.split(separator: "\n") {
            #expect(row.count { $0 == "|" } == 6, "\(row)")
        }
    }
}
