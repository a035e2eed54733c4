import Testing

@testable import Configuration

@Suite struct YAMLDocumentTests {
    private func read(_ text: String) -> YAMLDocument { YAMLDocument(Array(text.utf8)) }

    @Test("Sections, lists and values keep their places")
    func places() throws {
        let document = read("# a list\nnodes:\n  - name: \"a\"\n    port: 1\n  - b\nempty:\n")
        #expect(document.faults.isEmpty)
        let root = try #require(document.root)
        let nodes = try #require(root["nodes"])
        guard case .list(let elements) = nodes.content else {
            Issue.record("not a list")
            return
        }
        #expect(nodes.position == FilePosition(line: 3, column: 3))
        #expect(elements.count == 2)
        #expect(elements[0]["name"]?.content == .scalar("a", isPlain: false))
        #expect(elements[0]["port"]?.position == FilePosition(line: 4, column: 11))
        #expect(elements[1].content == .scalar("b", isPlain: true))
        #expect(root["empty"]?.isNull == true)
        #expect(root["missing"] == nil)
    }

    @Test(
        "A file without a value is fine", arguments: ["", "\n\n", "# nothing yet\n", "\u{FEFF}", "---\n", "---\n...\n"])
    func empty(text: String) {
        let document = read(text)
        #expect(document.faults.isEmpty)
        #expect(document.root?.isNull ?? true)
    }

    @Test("A byte order mark does not move the first line")
    func byteOrderMark() {
        #expect(read("\u{FEFF}a: 1")["a"]?.position == FilePosition(line: 1, column: 4))
    }

    @Test("Columns count characters, not bytes")
    func columns() {
        #expect(read("ä: {é: 1, b: 2}")["ä"]?["b"]?.position == FilePosition(line: 1, column: 14))
    }

    @Test("Quotes make text of what would be nothing", arguments: ["''", "\"\"", "'null'", "\"~\""])
    func quotedNothing(value: String) {
        #expect(read("a: \(value)")["a"]?.isNull == false)
    }

    @Test(
        "What is not plain YAML is refused at its place",
        arguments: [
            ("a: 1\nb: 2\na: 3\n", 3, 1, #"the key "a" stands here again, first on line 1"#),
            ("a: 1\n---\nb: 2\n", 2, 1, "a second document begins, expected only one"),
            ("a: &x 1\n", 1, 4, "anchors are not used here"),
            ("a: *x\n", 1, 4, "aliases are not used here"),
            ("a: !!str 1\n", 1, 4, "tags are not used here"),
            ("a: !e!x 1\n", 1, 4, "tags are not used here"),
            ("%FOO bar\n---\na: 1\n", 1, 1, "directives are not used here"),
            ("a:\n\tb: 1\n", 2, 1, "a tab stands in the indentation"),
            ("a:\n  b: 1\n  \tc: 1\n", 3, 3, "a tab stands in the indentation"),
            ("? [a, b]\n: 1\n", 1, 3, "a key is a list or a mapping, expected a name"),
            ("a: \"b\nc: 1\n", 1, 4, "the quote that opens here is never closed"),
            ("a: 'b\n", 1, 4, "the quote that opens here is never closed"),
            ("a: b: c\n", 1, 5, "no key can stand in front of this colon"),
            ("a: 1\nb\nc: 2\n", 2, 1, "a colon is missing after this word"),
            ("a:\n  b: 1\n c: 2\n", 3, 2, "this does not line up with the lines above it"),
            ("a: 1\n  b: 2\n", 2, 4, "no key can stand in front of this colon"),
            (
                "a: [1, 2\nb: 3\n", 1, 4,
                "the bracket that opens here needs a comma between its values and a ] at its end"
            ),
            ("a: {b: 1\n", 1, 4, "the brace that opens here needs a comma between its values and a } at its end"),
            ("a: @b\n", 1, 4, "no value can begin with this character"),
            ("a: `b`\n", 1, 4, "no value can begin with this character"),
            ("a: %b\n", 1, 4, "no value can begin with this character"),
            ("a: \"\\q\"\n", 1, 5, "there is no such escape in double quotes"),
            ("a: *\n", 1, 4, "a value without quotes begins with & or *"),
            ("a: - b\n", 1, 4, "no list can begin here"),
            ("a: 1\nb: \u{1}\n", 2, 4, "a control character stands here"),
            ("- a\nb: 1\n", 2, 1, "this does not line up with the lines above it"),
            ("a: ]\n", 1, 4, "a value is missing here"),
            ("'a'\nb\n", 2, 1, "this follows a value that was already complete"),
        ])
    func refused(text: String, line: Int, column: Int, message: String) {
        #expect(
            read(text).faults.map { "\($0.position.line):\($0.position.column) \($0.message)" }
                == ["\(line):\(column) \(message)"])
    }

    @Test("Bytes that are no UTF-8 are found where they stand")
    func invalidText() {
        let document = YAMLDocument(Array("a: 1\nb: é".utf8) + [0xFF, 0x0A])
        #expect(document.faults.map(\.position) == [FilePosition(line: 2, column: 5)])
        #expect(document.faults.map(\.message) == ["this character is not UTF-8"])
        #expect(!document.isComplete)
    }

    @Test("What stands before a mistake is still understood")
    func partial() {
        let document = read("a:\n  b: 1\n  c: [1\nd: 2\n")
        #expect(document["a"]?["b"]?.content == .scalar("1", isPlain: true))
        #expect(!document.isComplete)
    }

    @Test("Nesting has an end")
    func depth() {
        let document = read(String(repeating: "[", count: 5000))
        #expect(document.faults.contains { $0.message == "this is nested deeper than 32 levels" })
        #expect(!document.isComplete)
    }

    @Test("Whatever a file holds, reading it ends", arguments: 0..<64)
    func garbage(seed: UInt64) {
        // A linear congruence is enough to try many shapes, and the seed says which one.
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        let alphabet = Array("a: \n-[]{}\"'&*!|>%@`#?,\t\\é".utf8)
        for _ in 0..<50 {
            let text = (0..<40).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alphabet[Int(state >> 33) % alphabet.count]
            }
            let document = YAMLDocument(text)
            #expect(document.isComplete || !document.faults.isEmpty, "seed \(seed)")
        }
    }
}

extension YAMLDocument {
    fileprivate subscript(name: String) -> YAMLNode? { root?[name] }
}
