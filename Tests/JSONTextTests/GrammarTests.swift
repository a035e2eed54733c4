import JSONText
import Testing

@Suite struct GrammarTests {
    @Test(
        "What RFC 8259 allows is accepted",
        arguments: Corpus.sound + [
            "\"x\"", "1", "false", "\t\r\n 0 \n", "[[],{}]", "[ ]", "{ }", #"{"a" : [ ] , "b" : "}" }"#, #"" ""#,
            "\"\u{7F}\u{80}\u{2028}\u{2029}\u{FFFF}\u{10FFFF}\"", #""\u002F\u002f""#, "1E400", "1e-400",
            "123456789012345678901234567890.5", #"["",""]"#, #"{"a":{"a":1},"b":{"a":1}}"#,
        ])
    func accepted(text: String) { #expect(firstFault(in: text.utf8) == nil) }

    @Test(
        "What RFC 8259 does not allow is refused, with the reason and the byte where it stands",
        arguments: [
            ("", "the text is empty", 0), (" \n", "the text is empty", 2),
            ("\u{FEFF}1", "the text begins with a byte order mark", 0),
            ("[1", "the text ends inside of a list", 2), ("[", "the text ends inside of a list", 1),
            ("[1,", "the text ends where a value should stand", 3), ("{", "the text ends inside of an object", 1),
            (#"{"a""#, "the text ends inside of an object", 4),
            (#"{"a":"#, "the text ends where a value should stand", 5),
            (#"{"a":1"#, "the text ends inside of an object", 6), (#"{"a":1,"#, "the text ends inside of an object", 7),
            ("[1,]", "a value cannot begin like this", 3), ("[,1]", "a value cannot begin like this", 1),
            ("[1 2]", "a comma or \"]\" is missing", 3), ("[1}", "a comma or \"]\" is missing", 2),
            ("[1:2]", "a comma or \"]\" is missing", 2), (#"{"a":1]"#, "a comma or \"}\" is missing", 6),
            ("{1:2}", "a member needs a name in quotes", 1), (#"{"a":1,}"#, "a member needs a name in quotes", 7),
            (#"{,}"#, "a member needs a name in quotes", 1), (#"{"a"}"#, "a colon is missing after a member's name", 4),
            (#"{"a",1}"#, "a colon is missing after a member's name", 4),
            (#"{"a"::1}"#, "a value cannot begin like this", 5),
            (#"{"a":1 "b":2}"#, "a comma or \"}\" is missing", 7), ("[]]", "something follows the value", 2),
            ("1 2", "something follows the value", 2), ("{}x", "something follows the value", 2),
            ("nullx", "something follows the value", 4), ("true,", "something follows the value", 4),
            ("tru", "the text ends inside of a word", 3), ("[nul]", "a value cannot begin like this", 1),
            ("True", "a value cannot begin like this", 0), ("NaN", "a value cannot begin like this", 0),
            ("Infinity", "a value cannot begin like this", 0), ("'a'", "a value cannot begin like this", 0),
            ("/**/1", "a value cannot begin like this", 0), ("1//", "something follows the value", 1),
            ("é", "a value cannot begin like this", 0), ("\u{A0}1", "a value cannot begin like this", 0),
            ("\u{0C}1", "a value cannot begin like this", 0), ("[1\u{0B}]", "a comma or \"]\" is missing", 2),
            ("\0", "a value cannot begin like this", 0), ("1\0", "something follows the value", 1),
            ("\"a", "a text has no closing quote", 2), ("\"a\\\"", "a text has no closing quote", 4),
            ("\"a\n\"", "a control character must be escaped", 2), ("\"\0\"", "a control character must be escaped", 1),
            ("\"\u{1F}\"", "a control character must be escaped", 1), (#""a"b"#, "something follows the value", 3),
            (#"["a"b]"#, "a comma or \"]\" is missing", 4), (#"["a""b"]"#, "a comma or \"]\" is missing", 4),
            (#"[1"a"]"#, "a comma or \"]\" is missing", 2), ("[true\"a\"]", "a comma or \"]\" is missing", 5),
        ])
    func refused(text: String, what: String, offset: Int) throws {
        let fault = try #require(firstFault(in: text.utf8))
        #expect(fault.what == what)
        #expect(fault.position.offset == offset)
        #expect(fault.code == .malformed)
    }

    @Test(
        "Numbers are those of the grammar",
        arguments: [
            ("-", "digits are missing", 1), ("+1", "a value cannot begin like this", 0),
            (".5", "a value cannot begin like this", 0), ("--1", "digits are missing", 1),
            ("-a", "digits are missing", 1),
            ("01", "a number must not begin with a zero", 1), ("-01", "a number must not begin with a zero", 2),
            ("00", "a number must not begin with a zero", 1), ("1.", "digits are missing after the point", 2),
            ("1.e1", "digits are missing after the point", 2), ("1e", "digits are missing in the exponent", 2),
            ("1e+", "digits are missing in the exponent", 3), ("1E-x", "digits are missing in the exponent", 3),
            ("1.5.5", "something follows the value", 3), ("1e5e5", "something follows the value", 3),
            ("0x10", "something follows the value", 1), ("1_000", "something follows the value", 1),
            ("1a", "something follows the value", 1), ("-Infinity", "digits are missing", 1),
        ])
    func numbers(text: String, what: String, offset: Int) throws {
        for (before, after, depth) in [("", "", 0), ("[", "]", 1), (#"{"a":"#, "}", 5)] where depth == 0 || offset > 0 {
            let fault = try #require(firstFault(in: (before + text + after).utf8))
            #expect(fault.position.offset == offset + depth)
            if depth == 0 { #expect(fault.what == what) }
        }
    }

    @Test(
        "Escapes are those of the grammar, and surrogates come in pairs",
        arguments: [
            (#"\x"#, "there is no such escape", 2), (#"\'"#, "there is no such escape", 2),
            (#"\u12"#, "four hexadecimal digits are missing", 5),
            (#"\u123g"#, "four hexadecimal digits are missing", 6),
            (#"\U0041"#, "there is no such escape", 2), (#"\u+123"#, "four hexadecimal digits are missing", 3),
            (#"\ud800"#, "half of a surrogate pair is missing", 1),
            (#"\udc00"#, "half of a surrogate pair is missing", 1),
            (#"\udfff\ud800"#, "half of a surrogate pair is missing", 1),
            (#"\ud83dx"#, "half of a surrogate pair is missing", 1),
            (#"\ud83d\n"#, "half of a surrogate pair is missing", 1),
            (#"\ud83d\ud83d"#, "half of a surrogate pair is missing", 1),
            (#"\ud83d\u0041"#, "half of a surrogate pair is missing", 1),
            (#"\ud83d\udc8"#, "four hexadecimal digits are missing", 12),
            ("\\\u{1}", "there is no such escape", 2), (#"\\\u"#, "four hexadecimal digits are missing", 5),
        ])
    func escapes(text: String, what: String, offset: Int) throws {
        let fault = try #require(firstFault(in: "\"\(text)\"".utf8))
        #expect(fault.what == what)
        #expect(fault.position.offset == offset)
    }

    @Test("Every escape is undone")
    func undone() throws {
        let text =
            #"["\"\\\/\b\f\n\r\t", "\u0000x\u00e9\u20AC\uFFFF", "\ud83d\ude00\uD800\uDC00\udbff\udfff", "a\\u0041"]"#
        let expected = ["\"\\/\u{8}\u{C}\n\r\t", "\0xé€\u{FFFF}", "😀\u{10000}\u{10FFFF}", #"a\u0041"#]
        #expect(try JSONReader().read([String].self, from: text) == expected)
    }
}
