import Basics
import JSONText
import TestSupport
import Testing

@Suite struct AppenderTests {
    private func written(_ body: (inout JSONAppender) -> Void) -> String {
        var json = JSONAppender()
        body(&json)
        return json.text
    }

    @Test("Commas and colons come by themselves")
    func structure() {
        let text = written { json in
            json.object { json in
                json.member("a", 1)
                json.member("b") { json in
                    json.list { json in
                        json.append("x")
                        json.list { _ in }
                        json.object { _ in }
                        json.appendNull()
                        json.append(true)
                    }
                }
                json.optionalMember("c", Int?.none)
                json.member("d", Int?.none)
                json.optionalMember("e", "f" as String?)
                json.name(computed: "g\"")
                json.append(-2.5)
            }
        }
        #expect(text == #"{"a":1,"b":["x",[],{},null,true],"d":null,"e":"f","g\"":-2.5}"#)
    }

    @Test("What must be escaped is escaped, and nothing else")
    func escapes() {
        for byte in UInt8(0)...0x7F {
            let scalar = Unicode.Scalar(byte)
            let expected =
                switch scalar {
                case "\"": #"\""#
                case "\\": #"\\"#
                case "\u{8}": #"\b"#
                case "\u{9}": #"\t"#
                case "\u{A}": #"\n"#
                case "\u{C}": #"\f"#
                case "\u{D}": #"\r"#
                case ..<" ": "\\u00\(hexadecimal([byte]))"
                default: String(scalar)
                }
            // At every place of a word of eight.
            for count in 0..<10 {
                let before = String(repeating: "é", count: count)
                #expect(written { $0.append(before + String(scalar) + "z") } == "\"\(before)\(expected)z\"")
            }
        }
        #expect(written { $0.append("\u{2028}/😀\u{FFFF}") } == "\"\u{2028}/😀\u{FFFF}\"")
    }

    @Test("Texts at random are read back as they were")
    func randomTexts() throws {
        var generator = SeededGenerator()
        for _ in 0..<2000 {
            let count = Int.random(in: 0...40, using: &generator)
            let scalars = (0..<count).map { _ in
                Unicode.Scalar(
                    UInt32.random(in: 0...0x10FFFF, using: &generator) >> UInt32.random(in: 0...20, using: &generator))
                    ?? "x"
            }
            let text = String(String.UnicodeScalarView(scalars))
            #expect(try JSONReader().read(String.self, from: JSONAppender.bytes(of: text)) == text, generator.note)
        }
    }

    @Test("Whole numbers are written whole")
    func integers() {
        #expect(
            written { $0.append([Int.min, .max, 0, -1, 10]) } == "[-9223372036854775808,9223372036854775807,0,-1,10]")
        #expect(written { $0.append([UInt64.max]) } == "[18446744073709551615]")
        #expect(written { $0.append(Int8.min) } == "-128")
        #expect(written { $0.append(Int128.min) } == "-170141183460469231731687303715884105728")
        #expect(written { $0.append(UInt128.max) } == "340282366920938463463374607431768211455")
    }

    @Test("Fractions have the fewest digits that are read as the same number")
    func fractions() throws {
        let numbers = [
            0.1, 1, -0.0, 1e16, .leastNonzeroMagnitude, 1.7976931348623157e308, 0.30000000000000004, 100, 1e-7,
        ]
        #expect(
            written { $0.append(numbers) }
                == "[0.1,1.0,-0.0,1e+16,5e-324,1.7976931348623157e+308,0.30000000000000004,100.0,1e-07]")
        #expect(written { $0.append(Float(0.1)) } == "0.1")
        #expect(written { $0.append([Double.infinity, -.infinity, .nan]) } == "[null,null,null]")
        var generator = SeededGenerator()
        for _ in 0..<2000 {
            let number = Double(bitPattern: .random(in: 0 ... .max, using: &generator))
            guard number.isFinite else { continue }
            let again = try JSONReader().read(Double.self, from: JSONAppender.bytes(of: number))
            #expect(again.bitPattern == number.bitPattern, generator.note)
        }
    }

    @Test("Dictionaries are written in alphabetical order")
    func dictionaries() { #expect(written { $0.append(["b": 1, "a": 2, "": 3]) } == #"{"":3,"a":2,"b":1}"#) }

    @Test("Lines of JSON stand one below the other, and memory can be used again")
    func lines() {
        var json = JSONAppender()
        for number in 1...3 {
            json.append(number)
            json.endLine()
        }
        #expect(json.text == "1\n2\n3\n" && !json.isComplete)
        json.reset()
        json.append(checkedJSON: "[1]".utf8)
        #expect(json.text == "[1]" && json.isComplete)
    }

    @Test("An error of what writes passes through")
    func errors() {
        struct Failure: Error {}
        var json = JSONAppender()
        #expect(throws: Failure.self) {
            try json.object { json in try json.member("a") { _ in throw Failure() } }
        }
        #expect(!json.isComplete)
    }

    @Test("What would not be JSON stops the program")
    func misuse() async {
        await #expect(processExitsWith: .failure) {
            var json = JSONAppender()
            json.object { json in json.append(1) }
        }
        await #expect(processExitsWith: .failure) {
            var json = JSONAppender()
            json.object { json in json.name("a") }
        }
        await #expect(processExitsWith: .failure) {
            var json = JSONAppender()
            json.list { json in json.name("a") }
        }
        await #expect(processExitsWith: .failure) {
            var json = JSONAppender()
            json.append(1)
            json.append(2)
        }
    }
}
