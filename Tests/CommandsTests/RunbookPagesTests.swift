import Basics
import TestSupport
import Testing

@testable import Commands

@Suite struct RunbookPagesTests {
    private static let root = String(#filePath.dropLast("/Tests/CommandsTests/RunbookPagesTests.swift".count))
    private let pages = RunbookPages(root: root)

    @Test("Every runbook that can be walked through has a page, and every page is in the table of contents")
    func complete() throws {
        let names = try pages.all().map(\.name)
        #expect(Set(Runbook.all(isSolo: false).map(\.name)).isSubset(of: names))
        let contents = try Files.readText("\(Self.root)/docs/runbooks/README.md")
        #expect(names.filter { !contents.contains("(\($0).md)") } == [])
    }

    @Test("Every page says when, at what cost, how to verify and how to go back")
    func sections() throws {
        for page in try pages.all() {
            let text = try pages.text(of: page.name)
            for part in ["\n**When:** ", "\n**It costs:** ", "\n## Verify\n", "\n## How to go back\n"] {
                #expect(text.contains(part), "\(page.name).md lacks \(part)")
            }
            #expect(!page.when.isEmpty && page.title != page.name)
        }
    }

    @Test("A list takes the heading and the first sentence of when to use a page, without its marks")
    func page() {
        let text = """
            # Lost

            **When:** the `disk` is gone, see
            [hosts](../hosts.md). Not otherwise.
            **It costs:** much.
            """
        #expect(
            RunbookPages.page("lost", text) == .init(name: "lost", title: "Lost", when: "the disk is gone, see hosts"))
    }

    @Test("An unknown page is refused with the one that was probably meant, and no path leads out of the folder")
    func unknown() throws {
        let error = #expect(throws: ParlorError.self) { try pages.text(of: "tabel") }
        #expect(error?.code == .usage && error?.hint?.hasPrefix("Did you mean \"table\"?") == true)
        #expect(throws: ParlorError.self) { try pages.text(of: "../hosts") }
        #expect(throws: ParlorError.self) { try pages.text(of: "README") }
    }

    @Test("Where the pages are not, the error says where they should be")
    func missing() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: ParlorError.self) { try RunbookPages(root: folder).all() }
            #expect(error?.code == .file && error?.why == "\(folder)/docs/runbooks does not exist")
        }
    }

    @Test("The list reads as it should")
    func list() {
        let view = RunbookView(
            [
                .init(name: "drill", title: "The backups are proven", when: "it is quiet"),
                .init(name: "table", title: "Single tables", when: "a table was dropped"),
            ], walkable: ["drill"])
        #expect(
            view.lines(width: 80, inColor: false) == [
                "drill  (can be run)", "  it is quiet", "table", "  a table was dropped", "",
                "./parlor runbook show <name> prints one; ./parlor runbook run <name> walks through it.",
            ])
        #expect(view.json.elements?.map { $0["runs"]?.boolean } == [true, false])
    }
}
