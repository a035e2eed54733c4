import Basics

/// The runbooks, as people choose among them.
struct RunbookView {
    private let pages: [RunbookPages.Page]
    private let walkable: Set<String>

    init(_ pages: [RunbookPages.Page], walkable: [String]) {
        (self.pages, self.walkable) = (pages, Set(walkable))
    }

    func lines(width: Int, inColor: Bool) -> [String] {
        pages.flatMap { page in
            [Style.bold.applied(to: page.name, if: inColor) + (walkable.contains(page.name) ? "  (can be run)" : "")]
                + wrapped(page.when, width: max(40, min(width, 100)) - 2).map { "  \($0)" }
        } + ["", "./parlor runbook show <name> prints one; ./parlor runbook run <name> walks through it."]
    }

    var json: JSON {
        .array(
            pages.map { page in
                [
                    "name": .string(page.name), "title": .string(page.title), "when": .string(page.when),
                    "runs": .bool(walkable.contains(page.name)),
                ]
            })
    }
}
