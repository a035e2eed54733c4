import Basics
import JSONText
import TestSupport
import Testing

@Suite struct NumberTests {
    private func read<Value: JSONReadable>(_ text: String, as type: Value.Type = Value.self) -> Value? {
        try? JSONReader().read(Value.self, from: text)
    }

    @Test("Whole numbers are read up to the limits of their type, and not beyond")
    func limits() {
        func expectLimits<Integer: FixedWidthInteger & JSONReadable>(_ type: Integer.Type) {
            #expect(read("\(Integer.max)") == Integer.max)
            #expect(read("\(Integer.min)") == Integer.min)
            #expect(read("\(Integer.max)0", as: type) == nil)
            for text in [(Integer.max, 1), (Integer.min, -1)].map({ decimal($0.0, plus: $0.1) }) {
                #expect(read(text, as: type) == nil, "\(type) took \(text)")
            }
        }
        expectLimits(Int.self)
        expectLimits(Int8.self)
        expectLimits(Int16.self)
        expectLimits(Int32.self)
        expectLimits(Int64.self)
        expectLimits(UInt.self)
        expectLimits(UInt8.self)
        expectLimits(UInt16.self)
        expectLimits(UInt32.self)
        expectLimits(UInt64.self)
    }

    private func decimal(_ number: some FixedWidthInteger, plus step: Int128) -> String {
        "\((Int128(exactly: number) ?? 0) + step)"
    }

    @Test("Numbers of 128 bits are read whole")
    func wide() {
        #expect(read("170141183460469231731687303715884105727") == Int128.max)
        #expect(read("-170141183460469231731687303715884105728") == Int128.min)
        #expect(read("340282366920938463463374607431768211455") == UInt128.max)
        #expect(read("340282366920938463463374607431768211456", as: UInt128.self) == nil)
    }

    @Test("Numbers of any length can be had as they are written")
    func digits() throws {
        let digits = "-" + String(repeating: "1234567890", count: 50) + ".5e-3"
        let text = try JSONReader().read(from: Array("[\(digits) ]".utf8)) { json throws(JSONFault) in
            try json.list { json throws(JSONFault) in try json.numberText() }
        }
        #expect(text == [digits])
    }

    @Test("A fraction or an exponent makes no whole number", arguments: ["1.0", "1e3", "-0.0", "10E-1"])
    func fractions(text: String) {
        #expect(firstFault(reading: text) { json throws(JSONFault) in try json.integer() }?.code == .wrongType)
    }

    @Test(
        "A number that does not fit is described without its digits",
        arguments: [
            ("9223372036854775808", "the number does not fit into 64 bits"),
            ("-9223372036854775809", "the number does not fit into 64 bits"),
        ])
    func outOfRange(text: String, what: String) throws {
        let fault = try #require(firstFault(reading: text) { json throws(JSONFault) in try json.integer() })
        #expect(fault.code == .outOfRange && fault.what == what)
    }

    @Test("Minus zero keeps its sign as a fraction and is 0 as a whole number")
    func minusZero() {
        #expect(read("-0", as: Double.self)?.sign == .minus)
        #expect(read("-0.0", as: Double.self)?.sign == .minus)
        #expect(read("-0e-5", as: Double.self)?.sign == .minus)
        #expect(read("-0") == 0)
        #expect(read("-0") == UInt(0))
        #expect(read("-0") == JSON.integer(0))
    }

    @Test(
        "Fractions are rounded to the nearest",
        arguments: [
            "0.1", "1e22", "1e23", "123456789012345e8", "9007199254740993", "4.9e-324", "2.4703282292062327e-324",
            "2.4703282292062328e-324", "1.7976931348623157e308", "1e-400", "-1e-400", "0e999999999",
            "0e99999999999999999999",
            "0.000000000000000000000000000001", "100000000000000000000000", "1.00000000000000000000000000000000000001",
            "8.5e-23", "1e-22", "1e-23", "2.2250738585072011e-308", "5e-324", "999999999999999e22",
            "999999999999999e-22",
        ])
    func rounded(text: String) { #expect(read(text) == Double(text)) }

    @Test("What is beyond every Double is refused", arguments: ["1e309", "-1e309", "1e99999999999999999999"])
    func tooLarge(text: String) {
        #expect(firstFault(reading: text) { json throws(JSONFault) in try json.number() }?.code == .outOfRange)
        #expect(read("1e39", as: Float.self) == nil && read("1e38", as: Float.self) == 1e38)
    }

    @Test("Random numbers are read as the standard library reads them")
    func random() {
        var generator = SeededGenerator()
        for _ in 0..<5000 {
            var text = Bool.random(using: &generator) ? "-" : ""
            text +=
                "\(UInt64.random(in: 0 ... .max, using: &generator) >> UInt64.random(in: 0...63, using: &generator))"
            if Bool.random(using: &generator) { text += ".\(UInt32.random(in: 0 ... .max, using: &generator))" }
            if Bool.random(using: &generator) { text += "e\(Int.random(in: -330...300, using: &generator))" }
            #expect(read(text) == Double(text).flatMap { $0.isFinite ? $0 : nil }, generator.note)
        }
    }
}
