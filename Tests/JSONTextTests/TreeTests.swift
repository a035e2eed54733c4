import Basics
import JSONText
import Testing

@Suite struct TreeTests {
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

    @Test("Nesting goes to 128 levels and no deeper", arguments: [("[", "]"), (#"{"a":"#, "}")])
    func depth(open: String, close: String) throws {
        func nested(_ levels: Int) -> String {
            String(repeating: open, count: levels) + "0" + String(repeating: close, count: levels)
        }
        var value = try JSON(reading: nested(128))
        for _ in 0..<128 { value = try #require(value.elements?.first ?? value["a"]) }
        #expect(value == 0)
        #expect { try JSON(reading: nested(129)) } throws: { ($0 as? JSONFault)?.code == .tooDeep }
        #expect(throws: JSONFault.self) { try JSON(reading: String(repeating: open, count: 1_000_000)) }
    }

    @Test("Members keep their order")
    func order() throws {
        let value = try JSON(reading: #"{"b":1,"a":2,"c":3}"#)
        #expect(value.compact == #"{"b":1,"a":2,"c":3}"#)
        #expect(value["a"] == 2 && value["d"] == nil)
    }

    @Test("A whole number beyond Int becomes one with a fraction, and one beyond Double is refused")
    func large() throws {
        #expect(try JSON(reading: "-9223372036854775809") == .number(-9_223_372_036_854_775_808))
        #expect { try JSON(reading: "[1e400]") } throws: { ($0 as? JSONFault)?.code == .outOfRange }
    }

    @Test("The texts of section 13 of RFC 8259 are read", arguments: TreeTests.section13)
    func examples(text: String, value: JSON) throws { #expect(try JSON(reading: text) == value) }

    private static let section13: [(String, JSON)] = [
        (
            """
            {
              "Image": {
                  "Width":  800,
                  "Height": 600,
                  "Title":  "View from 15th Floor",
                  "Thumbnail": {
                      "Url":    "http://www.example.com/image/481989943",
                      "Height": 125,
                      "Width":  100
                  },
                  "Animated" : false,
                  "IDs": [116, 943, 234, 38793]
                }
            }
            """,
            [
                "Image": [
                    "Width": 800, "Height": 600, "Title": "View from 15th Floor",
                    "Thumbnail": ["Url": "http://www.example.com/image/481989943", "Height": 125, "Width": 100],
                    "Animated": false, "IDs": [116, 943, 234, 38793],
                ]
            ]
        ),
        (
            #"[{"precision": "zip", "Latitude": 37.7668, "Longitude": -122.3959, "City": "SAN FRANCISCO"}, {}]"#,
            [
                [
                    "precision": "zip", "Latitude": .number(37.7668), "Longitude": .number(-122.3959),
                    "City": "SAN FRANCISCO",
                ], [:],
            ]
        ), (#""Hello world!""#, "Hello world!"), ("42", 42), ("true", true),
    ]

    @Test("The first of several members of a name is found in a tree")
    func subscripts() {
        let value = JSON.object([.init("b", 1), .init("a", 2), .init("b", 3)])
        #expect(value["b"] == 1 && value["c"] == nil && JSON.array([])["a"] == nil)
    }
}
