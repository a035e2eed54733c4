/// A text file of the repository.
struct SourceFile {
    /// From the root of the repository, like `Sources/Core/Basics/JSON.swift`.
    let path: String
    let text: String
    let lines: [Substring]
    /// Empty unless it is a Swift file.
    let tokens: [Token]

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        // Over bytes: a Character at a time takes seconds on a large tree.
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
        tokens = path.hasSuffix(".swift") ? Lexer.tokens(of: text) : []
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var folders: [Substring] { path.split(separator: "/").dropLast() }
    var name: Substring { path.split(separator: "/").last ?? "" }

    func isBelow(_ folders: String...) -> Bool { folders.contains { path.hasPrefix("\($0)/") } }
}

/// Something that a check found, with what to do about it.
struct Fault: CustomStringConvertible, Equatable {
    var path: String
    var line: Int?
    var message: String

    var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(message)" }
}
