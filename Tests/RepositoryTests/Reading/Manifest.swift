/// The targets that Package.swift declares.
struct Manifest {
    struct Target: Equatable {
        enum Kind { case room, executable, shim, tests }
        var kind: Kind
        var name: String
        var imports: [String]
        var line: Int
    }

    var targets: [Target]

    init(targets: [Target]) { self.targets = targets }

    /// Reads the calls of SwiftPM's functions and of the helpers that Package.swift defines, among them `tests`, which
    /// adds
    /// "Tests" to a name. What has no literal name is no target.
    init(_ tokens: [Token]) {
        targets = tokens.indices.compactMap { index in
            guard tokens[index].kind == .word, tokens.code(at: index + 1) == "(", tokens.code(at: index - 1) != "func",
                let kind = Manifest.kinds[tokens[index].text]
            else { return nil }
            let call = Array(tokens[(index + 2)..<tokens.end(ofBracketAt: index + 1)])
            let first = call.code(at: 0) == "name" ? 2 : 0
            guard call.indices.contains(first), call[first].kind == .string else { return nil }
            let isShim = call.contains { $0.kind == .string && $0.text.hasPrefix("Sources/System/") }
            let suffix = tokens[index] == "tests" ? "Tests" : ""
            let imports = ["imports", "of", "dependencies"].flatMap { Manifest.list($0, in: call) }
            return Target(
                kind: isShim ? .shim : kind, name: call[first].text + suffix, imports: imports,
                line: tokens[index].line)
        }
    }

    private static let kinds: [String: Target.Kind] = [
        "room": .room, "target": .room, "library": .shim, "systemLibrary": .shim, "executableTarget": .executable,
        "tests": .tests, "testTarget": .tests, "support": .tests,
    ]

    /// The strings of the list behind a label.
    private static func list(_ label: String, in call: [Token]) -> [String] {
        guard let start = call.indices.first(where: { call.code(at: $0) == label && call.code(at: $0 + 1) == ":" }),
            call.code(at: start + 2) == "["
        else { return [] }
        return call[(start + 2)..<call.end(ofBracketAt: start + 2)].filter { $0.kind == .string }.map(\.text)
    }

    subscript(name: String) -> Target? { targets.first { $0.name == name } }
}
