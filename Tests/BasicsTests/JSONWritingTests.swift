import Basics
import JSONText
import TestSupport
import Testing

@Suite struct JSONWritingTests {
    private static let sample: JSON = [
        "name": "postgres", "port": 5432, "healthy": true, "none": .null, "list": [1, [], [:]], "ratio": .number(0.5),
    ]

    @Test("The compact form stands on one line without spaces")
    func compact() {
        #expect(
            JSONWritingTests.sample.compact
                == #"{"name":"postgres","port":5432,"healthy":true,"none":null,"list":[1,[],{}],"ratio":0.5}"#)
    }

    @Test("The pretty form has a line for each member")
    func pretty() {
        #expect(
            JSONWritingTests.sample.pretty == """
                {
                  "name": "postgres",
                  "port": 5432,
                  "healthy": true,
                  "none": null,
                  "list": [
                    1,
                    [],
                    {}
                  ],
                  "ratio": 0.5
                }
                """)
    }

    @Test("Both forms are read back as the same value")
    func readBack() throws {
        #expect(try JSON(reading: JSONWritingTests.sample.compact) == JSONWritingTests.sample)
        #expect(try JSON(reading: JSONWritingTests.sample.pretty) == JSONWritingTests.sample)
    }

    @Test("Numbers that JSON does not have become null", arguments: [Double.nan, .infinity, -.infinity])
    func noNumber(number: Double) {
        #expect(JSON.number(number).compact == "null")
    }

    @Test(
        "Doubles are read back exactly",
        arguments: [0.1, -0.0, 1e300, .leastNonzeroMagnitude, 1.0, 123_456_789.125, .greatestFiniteMagnitude]
            as [Double])
    func doubles(number: Double) throws {
        #expect(try JSON(reading: JSON.number(number).compact) == .number(number))
    }

    @Test("Quotes, backslashes and control characters are escaped")
    func escapes() {
        #expect(JSON.string("\"\\\n\r\t\0\u{1B}\u{7F}/é").compact == #""\"\\\n\r\t\u0000\u001b\u007f/é""#)
    }

    @Test("Any text survives being written and read", arguments: [UInt64.random(in: 0 ... .max)])
    func anyText(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                let limit: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x10FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &generator)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            #expect(try JSON(reading: JSON.string(text).compact) == .string(text), "seed \(seed)")
        }
    }

    @Test("An absent text or number is null")
    func absent() {
        #expect(JSON.string(String?.none) == .null)
        #expect(JSON.integer(Int?.none) == .null)
    }
}
