package import Basics

/// The Swift code that a page below docs/ shows, for the test that compiles and runs it.
package struct DocumentedCode {
    /// The page as it stands.
    package let text: String
    private let blocks: [Substring]

    /// How many pieces of code the page shows.
    package var count: Int { blocks.count }

    /// Reads a page of the checkout that `file`, a file of a test target, belongs to.
    package init(_ page: String, of file: String = #filePath) throws(ParlorError) {
        let root = Files.parent(of: Files.parent(of: Files.parent(of: file)))
        text = try Files.readText("\(root)/docs/\(page)")
        blocks = text.split(separator: "```").filter { $0.hasPrefix("swift\n") }.map { $0.dropFirst(6) }
    }

    /// The lines of the page that stand nowhere in `file`, whatever their indentation. A declaration may be private there.
    package func linesMissing(in file: String = #filePath) throws(ParlorError) -> [String] {
        let code = Set(Self.lines(Substring(try Files.readText(file))))
        return blocks.flatMap(Self.lines).filter { !code.contains($0) && !code.contains("private \($0)") }.map(
            String.init)
    }

    private static func lines(_ text: Substring) -> [Substring] {
        text.split(separator: "\n").map { $0.drop { $0 == " " } }
    }
}
