import Basics
import Testing

@Suite struct JSONReadingTests {
    @Test(
        "What RFC 8259 allows is read",
        arguments: [
            ("null", .null), (" \t\r\n true \n", true), ("false", false), ("0", 0), ("-0", 0), ("-12", -12),
            ("9223372036854775807", 9_223_372_036_854_775_807),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("1.5", .number(1.5)), ("-0.25e2", .number(-25)), ("1E+2", .number(100)), ("1e-2", .number(0.01)),
            ("[]", []), ("[ ]", []), ("[1,2 , 3]", [1, 2, 3]), ("{}", [:]), (#"{"":0}"#, ["": 0]),
            (#"{"a":{"b":[null]}}"#, ["a": ["b": [.null]]]),
            (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"),
            (#""\ud83d\ude00""#, "😀"), (#""\u0000""#, "\0"), ("\"\u{7F}é😀\"", "\u{7F}é😀"),
        ] as [(String, JSON)])
    func allowed(text: String, value: JSON) throws {
        #expect(try JSON(reading: text) == value)
    }

    @Test(
        "What RFC 8259 does not allow is refused",
        arguments: [
            "", " ", "nul", "nullx", "True", "'a'", "NaN", "Infinity", "01", "-01", "+1", "1.", ".5", "-", "1e", "1e+",
            "0x10", "1 2", "1e400", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "[1}", "{", "{]", "{\"a\"}", "{\"a\":}",
            "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{,}", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"",
            "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ud800\\u0041\"", "\"\\udc00\"",
            "\"\n\"", "\"\t\"", "\"\0\"", "// 1\n1", "\u{FEFF}1", "[1]]", "\u{A0}1",
        ])
    func refused(text: String) {
        #expect { try JSON(reading: text) } throws: { ($0 as? ParlorError)?.code == .malformed }
    }

    @Test("A fault says where it stands")
    func place() {
        #expect { try JSON(reading: #"{"a": 1 "b": 2}"#) } throws: { error in
            "\(error)" == "this is not JSON: a comma or \"}\" is missing, at byte 8"
        }
    }

    @Test("Nesting goes to 128 levels and no deeper", arguments: [("[", "]"), (#"{"a":"#, "}")])
    func depth(open: String, close: String) throws {
        func nested(_ levels: Int) -> String {
            String(repeating: open, count: levels) + "0" + String(repeating: close, count: levels)
        }
        var value = try JSON(reading: nested(128))
        for _ in 0..<128 { value = try #require(value.elements?.first ?? value["a"]) }
        #expect(value == 0)
        #expect { try JSON(reading: nested(129)) } throws: { "\($0)".contains("deeper than 128 levels") }
        #expect(throws: ParlorError.self) { try JSON(reading: String(repeating: open, count: 1_000_000)) }
    }

    @Test("Lists beside each other do not count as depth")
    func siblings() throws {
        let text = "[" + Array(repeating: "[]", count: 1000).joined(separator: ",") + "]"
        #expect(try JSON(reading: text).elements?.count == 1000)
    }

    @Test("Members keep their order, and the first of a name is found")
    func order() throws {
        let value = try JSON(reading: #"{"b":1,"a":2,"b":3}"#)
        #expect(value["b"] == 1)
        #expect(value.compact == #"{"b":1,"a":2,"b":3}"#)
        #expect(value["c"] == nil)
        #expect(JSON.array([])["a"] == nil)
    }
}
