import Basics

/// The pages that tell what to do, as files beside the program: in a checkout, and where it is installed.
struct RunbookPages {
    /// A page as a list names it.
    struct Page: Equatable {
        /// The name of its file, without the ending.
        var name: String
        /// Its heading.
        var title: String
        /// When it is to be used, as its line "When" begins.
        var when: String
    }

    private static let ending = ".md"
    /// The page that leads to the others.
    private static let contents = "README"
    private let folder: String

    /// The pages below the folder of what the program needs.
    init(root: String) { folder = Self.folder(root) }

    /// Where they are below such a folder.
    static func folder(_ root: String) -> String { "\(root)/docs/runbooks" }

    /// All of them, in the order of their names.
    func all() throws -> [Page] {
        try names().map { Self.page($0, try text($0)) }
    }

    /// The text of one.
    func text(of name: String) throws -> String {
        let names = try names()
        guard names.contains(name) else {
            let near = nearestWord(to: name, among: names).map { "Did you mean \"\($0)\"? " } ?? ""
            throw ParlorError(
                .usage, "there is no runbook \(name)", hint: near + "\"./parlor runbook list\" names all of them.")
        }
        return try text(name)
    }

    private func text(_ name: String) throws -> String { try Files.readText("\(folder)/\(name)\(Self.ending)") }

    private func names() throws -> [String] {
        guard Files.exists(folder) else {
            throw ParlorError(
                .file, "the pages are not there", why: "\(folder) does not exist",
                hint: "Start the program in its checkout, or install it again from there.")
        }
        return try Files.list(folder).filter { $0.hasSuffix(Self.ending) }.map {
            String($0.dropLast(Self.ending.count))
        }
        .filter { $0 != Self.contents }.sorted()
    }

    /// What a list says of a page.
    static func page(_ name: String, _ text: String) -> Page {
        let lines = text.split(separator: "\n")
        let title = lines.first { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) } ?? name
        let start = "**When:** "
        let rest = lines.drop { !$0.hasPrefix(start) }.prefix { !$0.hasPrefix("**It costs:**") }.joined(separator: " ")
        let sentence = plain(String(rest.dropFirst(start.count)))
        let end = sentence.firstRange(of: ". ")?.lowerBound ?? sentence.endIndex
        let when = sentence[..<end]
        return Page(name: name, title: title, when: when.hasSuffix(".") ? String(when.dropLast()) : String(when))
    }

    /// Without links and marks.
    private static func plain(_ text: String) -> String {
        text.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.output.1 }.replacing("`", with: "")
    }
}
