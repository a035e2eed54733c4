import Basics
import Messaging
import Postgres
import Store
import StoreTestSupport
import Testing

@Suite("What messages cost") struct PriceListTests {
    private static func price(
        _ day: Int, _ country: String, _ price: Int, _ category: String = "utility", _ currency: String = "USD"
    ) -> MessagePrice {
        MessagePrice(
            validFrom: PostgresDate(days: Int32(day)), country: country, category: category,
            price: PostgresNumeric(unscaled: price, scale: 4), currency: currency)
    }

    private static func moment(_ day: Int, seconds: Int = 0) -> Timestamp {
        Timestamp(seconds: 946_684_800 + Int64(day) * 86_400 + Int64(seconds))
    }

    @Test("The latest price of the country counts, before it the latest for any country, before that none")
    func picks() {
        let list = PriceList([
            Self.price(100, "*", 10), Self.price(300, "BR", 31), Self.price(200, "BR", 30), Self.price(250, "*", 11),
            Self.price(100, "BR", 99, "utility", "EUR"),
        ])
        let cases: [(day: Int, seconds: Int, country: String?, price: Int?)] = [
            (99, 86_399, "BR", nil), (100, 0, "BR", 10), (199, 86_399, "BR", 10), (200, 0, "BR", 30),
            (299, 0, "BR", 30),
            (300, 0, "BR", 31), (300, 0, "DE", 11), (300, 0, nil, 11),
        ]
        for one in cases {
            let found = list.price(of: "UTILITY", in: one.country, at: Self.moment(one.day, seconds: one.seconds))
            #expect(found == one.price.map { PostgresNumeric(unscaled: $0, scale: 4) }, "\(one)")
        }
        #expect(list.price(of: "marketing", in: "BR", at: Self.moment(300)) == nil)
    }

    @Test("What is not billed costs nothing, and what is not known is not made up")
    func costs() {
        let list = PriceList([Self.price(0, "BR", 30)])
        func cost(_ isBillable: Bool?, _ category: String?, _ phone: String?, _ userID: String?) -> PostgresNumeric? {
            list.cost(isBillable: isBillable, category: category, phone: phone, userID: userID, at: Self.moment(1))
        }
        #expect(cost(false, nil, nil, nil) == 0)
        #expect(cost(nil, "utility", "5511999999999", nil) == nil)
        #expect(cost(true, nil, "5511999999999", nil) == nil)
        #expect(cost(true, "utility", "4915112345678", nil) == nil)
        #expect(cost(true, "utility", "5511999999999", nil) == PostgresNumeric(unscaled: 30, scale: 4))
        #expect(cost(true, "utility", nil, "BR.123") == PostgresNumeric(unscaled: 30, scale: 4))
    }

    @Test("A number's country is that of its longest dialling code; WhatsApp's identifier says it before the number")
    func countries() {
        let cases: [(String?, String?, String?)] = [
            ("12025550123", nil, "US"), ("14165550123", nil, "CA"), ("12425550123", nil, "BS"),
            ("18095550123", nil, "DO"), ("79161234567", nil, "RU"), ("77012345678", nil, "KZ"),
            ("+5511999999999", nil, "BR"), ("351912345678", nil, "PT"), ("34600000000", nil, "ES"),
            ("999123456", nil, nil),
            ("12", nil, nil), ("49x5112345678", nil, nil), ("4915112345678", "BR.1", "BR"),
            ("4915112345678", "x", "DE"),
            (nil, "ES.77", "ES"), (nil, nil, nil),
        ]
        for (phone, userID, country) in cases { #expect(CountryCode.of(phone: phone, userID: userID) == country) }
    }

    @Test("Prices are read as they were set, and the last word for a day counts")
    func table() async throws {
        try await withTestedSalon { salon in
            let scope = PlatformScope(by: .service("test"))
            for price in [10, 12] {
                let input = (PostgresDate(days: 1), "*", "service", PostgresNumeric(unscaled: price, scale: 4), "USD")
                try await salon.store.write(PriceStatements.set, input, in: scope)
            }
            let prices = try await salon.store.read(PriceStatements.every, (), in: scope)
            #expect(prices == [Self.price(1, "*", 12, "service")])
        }
    }
}
