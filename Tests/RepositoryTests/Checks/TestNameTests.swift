import Testing

/// A test is one of Swift Testing's, and says in a sentence what must hold.
enum TestNames {
    static func faults(in files: [SourceFile]) -> [Fault] {
        files.flatMap { file in
            let tests = file.tokens.indices.filter {
                file.tokens[$0] == "@" && file.tokens.code(at: $0 + 1) == "Test"
            }
            return foreign(in: file) + tests.flatMap { faults(in: file, at: $0) }
        }
    }

    private static func foreign(in file: SourceFile) -> [Fault] {
        Import.all(in: file).filter { $0.module == "XCTest" }.map {
            let message = "./parlor test does not run XCTest; write it with Swift Testing"
            return Fault(path: file.path, line: $0.line, message: message)
        }
    }

    private static func faults(in file: SourceFile, at index: Int) -> [Fault] {
        let tokens = file.tokens
        var faults: [Fault] = []
        if !isSentence(tokens, index + 2) {
            let message = "the test has no sentence; write @Test(\"What must hold\") with a capital letter"
            faults.append(Fault(path: file.path, line: tokens[index].line, message: message))
        }
        let keyword = tokens[index...].firstIndex { $0 == "func" }
        if let name = keyword.map({ tokens[$0 + 1] }), hasPrefix(name.text) {
            let message = "\(name.text) begins with \"test\"; @Test says so already, name the behaviour"
            faults.append(Fault(path: file.path, line: name.line, message: message))
        }
        return faults
    }

    private static func isSentence(_ tokens: [Token], _ index: Int) -> Bool {
        guard tokens.code(at: index) == "(", tokens.indices.contains(index + 1), tokens[index + 1].kind == .string
        else {
            return false
        }
        let text = tokens[index + 1].text
        return text.first?.isUppercase == true && text.contains(" ")
    }

    private static func hasPrefix(_ name: String) -> Bool {
        name.hasPrefix("test") && (name.dropFirst(4).first.map { $0.isUppercase || $0 == "_" || $0.isNumber } ?? true)
    }
}

@Suite struct TestNameTests {
    @Test(
        "A sentence and a name of behaviour are fine",
        arguments: [
            "@Test(\"It holds\") func holds() {}",
            "@Test(\n  \"It holds\",\n  arguments: [1])\n@MainActor func testimony() {}",
            "// @Test func testA() {}",
        ])
    func fine(text: String) { #expect(TestNames.faults(in: [SourceFile("Tests/A.swift", text)]) == []) }

    @Test(
        "A test without a sentence, or of another library, is named",
        arguments: [
            "@Test func holds() {}", "@Test(arguments: [\"A b\"]) func holds() {}",
            "@Test(\"it holds\") func holds() {}", "@Test(\"Holds\") func holds() {}",
            "@Test(\"It holds\") func testHolds() {}", "@Test(\"It holds\") func test_it() {}",
            "import XCTest",
        ])
    func named(text: String) { #expect(TestNames.faults(in: [SourceFile("Tests/A.swift", text)]).count == 1) }

    @Test("Every test of the tree is named by a sentence")
    func tests() { expectNone(TestNames.faults(in: Repository.swiftTests)) }
}
