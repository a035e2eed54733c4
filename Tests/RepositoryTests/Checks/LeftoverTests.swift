import Testing

/// What says that work was left behind.
enum Leftovers {
    /// HTTP's own words for status 501 are written with two capitals, and stay allowed.
    private static let phrases = ["not imple·mented", "Not imple·mented", "print(\"DE·BUG"].map(spelled)
    private static let words = ["TO·DO", "FIX·ME", "X·XX"].map(spelled)

    static func faults(in files: [SourceFile]) -> [Fault] {
        files.flatMap { file -> [Fault] in
            let words = words.flatMap { word in
                file.occurrences(of: word).filter(\.isWholeWord).map { fault(file, $0.line, word) }
            }
            let phrases = phrases.flatMap { phrase in
                file.occurrences(of: phrase).map { fault(file, $0.line, phrase) }
            }
            return words + phrases + crashes(in: file)
        }
    }

    private static func fault(_ file: SourceFile, _ line: Int, _ what: String) -> Fault {
        let message = "\"\(what)\" is left over; finish the work or write an issue for it"
        return Fault(path: file.path, line: line, message: message)
    }

    private static func crashes(in file: SourceFile) -> [Fault] {
        file.tokens.indices.compactMap { index in
            let token = file.tokens[index]
            if token == "try", file.tokens.code(at: index + 1) == "!", file.tokens[index + 1].touchesPrevious {
                return Fault(
                    path: file.path, line: token.line, message: "a try with ! ends the program; catch or throw")
            }
            guard file.isBelow("Sources"), token == "fatalError", file.tokens.code(at: index + 1) == "(" else {
                return nil
            }
            return Fault(path: file.path, line: token.line, message: "fatalError ends the program; throw a ParlorError")
        }
    }
}

@Suite struct LeftoverTests {
    @Test(
        "Leftovers are named with their line, in code, comments and strings",
        arguments: [
            "// TO·DO: later", "/* FIX·ME */", "let x = 1 // X·XX", "throw Failure(\"not imple·mented\")",
            "print(\"DE·BUG \\(x)\")", "fatalError(\"no\")", "let x = try! y()", "\"\\(try! y())\"",
        ])
    func named(text: String) {
        let file = SourceFile("Sources/Core/Basics/A.swift", "\n\(spelled(text))\n")
        #expect(Leftovers.faults(in: [file]).map(\.line) == [2])
    }

    @Test(
        "What only looks like a leftover is fine",
        arguments: [
            "mktemp /tmp/a.XX·XXXX", "case notImplemented = \"Not Imple·mented\"", "TO·DOS",
            "// fatalError(x) and try! are text", "try !x", "let fatalErrors = 0", "print(\"debug\")",
        ])
    func innocent(text: String) {
        #expect(Leftovers.faults(in: [SourceFile("Sources/Core/Basics/A.swift", spelled(text))]) == [])
    }

    @Test("A test may end its program")
    func testsMayCrash() { #expect(Leftovers.faults(in: [SourceFile("Tests/A.swift", "fatalError()")]) == []) }

    @Test("Nothing is left over in the tree")
    func tree() {
        let places = Repository.files.filter {
            $0.isBelow("Sources", "Tests", "Benchmarks", "docs", ".ci") || ["parlor", "README.md"].contains($0.path)
        }
        expectNone(Leftovers.faults(in: places))
    }
}
