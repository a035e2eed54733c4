/// A declaration of a Swift file as far as documentation is concerned.
struct Declaration: Equatable {
    /// `func`, `struct` and so on.
    var keyword: String
    var name: String
    /// The line of its first attribute, modifier or keyword.
    var line: Int
    /// Whether another module sees it: `public`, `package` or `open`, by itself or through what it is declared in.
    var isVisible: Bool
    var isOverride: Bool
    /// Whether it is a case on the line that opens its enum, as in `enum Side { case left, right }`.
    var isOnOpeningLine: Bool

    /// Every declaration of a file outside of function bodies.
    static func all(in tokens: [Token]) -> [Declaration] {
        var reader = DeclarationReader(tokens: tokens)
        return reader.read()
    }
}

/// Walks over types and extensions, and steps over bodies, arguments and initial values.
private struct DeclarationReader {
    /// A type, an extension, or the file.
    struct Scope {
        var keyword: String
        var isVisible: Bool
        var openingLine = 0
    }

    /// What stands in front of a keyword.
    struct Head {
        var end: Int
        var modifiers: Set<String> = []
    }

    let tokens: [Token]
    private var scopes = [Scope(keyword: "file", isVisible: false)]
    /// The type whose `{` comes next.
    private var opening: Scope?
    private var found: [Declaration] = []

    init(tokens: [Token]) { self.tokens = tokens }

    private static let types: Set = ["struct", "class", "enum", "actor", "protocol", "extension"]
    private static let members: Set = [
        "func", "var", "let", "init", "subscript", "typealias", "associatedtype", "case",
    ]
    private static let access: Set = ["public", "package", "open", "internal", "fileprivate", "private"]
    private static let modifiers: Set = access.union([
        "static", "final", "override", "mutating", "nonmutating", "consuming", "borrowing", "lazy", "weak", "unowned",
        "indirect", "convenience", "required", "dynamic", "nonisolated", "isolated", "prefix", "postfix", "infix",
        "distributed",
    ])

    mutating func read() -> [Declaration] {
        var index = 0
        while index < tokens.count { index = step(at: index) }
        return found
    }

    private mutating func step(at index: Int) -> Int {
        switch tokens.code(at: index) {
        case "(", "[": return tokens.end(ofBracketAt: index)
        case "{":
            guard var scope = opening else { return tokens.end(ofBracketAt: index) }
            scope.openingLine = tokens[index].line
            scopes.append(scope)
            opening = nil
        case "}": if scopes.count > 1 { scopes.removeLast() }
        default:
            let startsHere = tokens[index].startsLine || ["{", "}", ";"].contains(tokens.code(at: index - 1))
            if startsHere, let end = declaration(at: index) { return end }
        }
        return index + 1
    }

    /// Records the declaration that begins at `index`, and returns where its name begins; nil when there is none.
    private mutating func declaration(at index: Int) -> Int? {
        let head = head(at: index)
        guard let keyword = tokens.code(at: head.end), let scope = scopes.last else { return nil }
        let isType = DeclarationReader.types.contains(keyword)
        guard isType || DeclarationReader.members.contains(keyword) else { return nil }
        let isVisible = isVisible(keyword, head.modifiers, in: scope)
        opening = isType ? Scope(keyword: keyword, isVisible: isVisible) : nil
        if keyword != "extension" {
            found.append(
                Declaration(
                    keyword: keyword, name: name(keyword, at: head.end + 1), line: tokens[index].line,
                    isVisible: isVisible, isOverride: head.modifiers.contains("override"),
                    isOnOpeningLine: keyword == "case" && tokens[index].line == scope.openingLine))
        }
        return head.end + 1
    }

    private func head(at start: Int) -> Head {
        var head = Head(end: start)
        while let text = tokens.code(at: head.end) {
            let next = tokens.code(at: head.end + 1)
            if text == "@" {
                head.end += 2
                let isCall = tokens.code(at: head.end) == "(" && tokens[head.end].touchesPrevious
                if isCall { head.end = tokens.end(ofBracketAt: head.end) }
            } else if DeclarationReader.modifiers.contains(text), next == "(" {
                // `private(set)` speaks of the setter, `nonisolated(unsafe)` of no access at all.
                head.end = tokens.end(ofBracketAt: head.end + 1)
            } else if DeclarationReader.modifiers.contains(text) || text == "class" && isMember(next) {
                head.modifiers.insert(text)
                head.end += 1
            } else {
                break
            }
        }
        return head
    }

    private func isMember(_ keyword: String?) -> Bool {
        keyword.map { ["func", "var", "subscript"].contains($0) } ?? false
    }

    private func isVisible(_ keyword: String, _ modifiers: Set<String>, in scope: Scope) -> Bool {
        let access = modifiers.intersection(DeclarationReader.access)
        if !access.isEmpty { return !access.isDisjoint(with: ["public", "package", "open"]) }
        let inherits = scope.keyword == "protocol" || scope.keyword == "extension" || keyword == "case"
        return inherits && scope.isVisible
    }

    private func name(_ keyword: String, at index: Int) -> String {
        ["init", "subscript"].contains(keyword) ? keyword : tokens.code(at: index) ?? keyword
    }
}
