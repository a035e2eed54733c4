import Testing

@Suite struct LexerTests {
    @Test(
        "Comments vanish, strings are one token, interpolated code is code",
        arguments: [
            ("let a = 1 // let b", ["let", "a", "=", "1"]), ("a /* b /* c */ d */ e", ["a", "e"]),
            (#"f("a \(b + "c") d")"#, ["f", "(", #"a \(b + "c") d"#, "(", "b", "+", "c", ")", ")"]),
            ("\"\"\"\n  \"a\" // b\n\"\"\" c", ["\n  \"a\" // b\n", "c"]),
            (##"#"a " \(b)"# c"##, [##"a " \(b)"##, "c"]), (##"#"a \#(b)"#"##, [##"a \#(b)"##, "(", "b", ")"]),
            (#""a\"b" c"#, [#"a\"b"#, "c"]), ("\"open\nnext", ["open", "next"]),
            ("`in` #if x", ["`in`", "#", "if", "x"]),
        ])
    func tokens(text: String, expected: [String]) { #expect(Lexer.tokens(of: text).map(\.text) == expected) }

    @Test("Tokens know their line, whether they begin it and whether they touch the one before")
    func positions() {
        let tokens = Lexer.tokens(of: "a b\n/* c\n*/ d(\"\"\"\n\n\"\"\")\ne!")
        #expect(tokens.map(\.line) == [1, 1, 3, 3, 3, 5, 6, 6])
        #expect(tokens.map(\.startsLine) == [true, false, true, false, false, true, true, false])
        #expect(tokens.map(\.touchesPrevious) == [true, false, false, true, true, true, false, true])
    }
}
