import Postgres
import TestSupport
import Testing

@Suite struct NumericTests {
    @Test(
        "A decimal text is read and written without a loss",
        arguments: [
            "0", "0.00", "1", "-1", "9999", "10000", "10000.0001", "0.0001", "0.00001", "-12.50", "123456789012345678",
            "0.000000000000000000000000000001", "99999999999999999999999999999999.99999", "1000000000000000", "NaN",
            "Infinity", "-Infinity", "100", "1.10",
        ])
    func texts(text: String) { #expect(PostgresNumeric(text)?.description == text) }

    @Test("What is no number is refused", arguments: ["", "-", ".", "1e5", "1,5", "0x1", "1.2.3", " 1", "nan", "--1"])
    func refusals(text: String) { #expect(PostgresNumeric(text) == nil) }

    @Test("Numbers are equal and ordered by their values")
    func order() throws {
        #expect(PostgresNumeric("1.0") == PostgresNumeric("1.00"))
        #expect(PostgresNumeric("-0") == PostgresNumeric("0.000"))
        let ordered = try [
            "-Infinity", "-10000", "-2", "-0.5", "0", "0.0001", "0.5", "2", "9999", "10000", "Infinity", "NaN",
        ]
        .map { try #require(PostgresNumeric($0)) }
        #expect(ordered.reversed().sorted() == ordered)
    }

    @Test("A scaled integer is a decimal and back")
    func unscaled() {
        let price = PostgresNumeric(unscaled: 1250, scale: 2)
        #expect(price.description == "12.50")
        #expect(price.unscaled(scale: 2) == 1250)
        #expect(price.unscaled(scale: 1) == 125)
        #expect(price.unscaled(scale: 0) == nil)
        #expect(price.unscaled(scale: 4) == 125_000)
        #expect(PostgresNumeric(unscaled: -5, scale: 3).description == "-0.005")
        #expect(PostgresNumeric(unscaled: .min, scale: 0).unscaled(scale: 0) == .min)
        #expect(PostgresNumeric.notANumber.unscaled(scale: 0) == nil)
        #expect(price.double == 12.5)
    }

    @Test("Random decimals keep their digits")
    func random() throws {
        var generator = SeededGenerator()
        for _ in 0..<500 {
            let number = Int.random(in: .min ... .max, using: &generator) >> Int.random(in: 0..<63, using: &generator)
            let scale = Int.random(in: 0..<30, using: &generator)
            let numeric = PostgresNumeric(unscaled: number, scale: scale)
            #expect(PostgresNumeric(numeric.description) == numeric, generator.note)
            #expect(numeric.unscaled(scale: scale) == number, generator.note)
        }
    }
}
