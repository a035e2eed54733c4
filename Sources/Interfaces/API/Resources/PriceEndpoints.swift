import Basics
import HTTP
import Messaging
import Postgres
import Store

/// What is said about a category of WhatsApp's.
private enum PriceCategory: String, CaseIterable, Sendable {
    case marketing, utility, authentication, service
}

extension Record where Row == MessagePrice {
    fileprivate static let price = Record(
        "MessagePrice", "What WhatsApp asks for a delivered message, from a day on.",
        [
            .told("valid_from", .day, \.validFrom, "From when."),
            .told("country", .told, \.country, "The country, like BR; * is any that has no price of its own."),
            .told("category", .told, \.category, "The category, like utility."),
            .told("price", .decimal(digits: 12, scale: 6), \.price, "The price."),
            .told("currency", .told, \.currency, "Its currency."),
        ])
}

extension FieldType where Value == String {
    fileprivate static var countryOrAny: FieldType {
        text(1...2, pattern: #"^([A-Z]{2}|\*)$"#, "a country of ISO 3166, like BR, or *") { text in
            text == "*" || text.utf8.count == 2 && text.utf8.allSatisfy { (65...90).contains($0) }
        }
    }
}

/// What messages cost.
enum PriceEndpoints {
    static let all = [list, set]

    private static let record = Record<MessagePrice>.price

    private static let list = Endpoint(
        .get, "/v1/message-prices", "listMessagePrices", .messages, "Lists what WhatsApp asks for messages.",
        access: .platform, body: .none, answer: .items(of: record.component),
        .answering { call, _ in
            let prices = try await call.store.read(PriceStatements.every, (), in: call.platform, call.freshness)
            return Reply(.ok, ["items": .array(prices.map(record.json))])
        })

    private static let draft = Shape(
        "MessagePriceDraft",
        Field("valid_from", .day, "From when it holds."),
        Field("country", .countryOrAny, "The country; * is any that has no price of its own."),
        Field<PriceCategory>("category", .choice, "The category."),
        Field("price", .decimal(digits: 12, scale: 6), "The price."),
        Field("currency", .currency, standard: "USD", "Its currency.")
    ) { day, country, category, price, currency in
        MessagePrice(validFrom: day, country: country, category: category.rawValue, price: price, currency: currency)
    }

    private static let set = Endpoint(
        .put, "/v1/message-prices", "setMessagePrice", .messages,
        "Sets a price from a day on, in the place of one that was set for the same day.", access: .platform,
        body: draft, answer: .ok(record.component),
        .answering { call, price in
            let input = (price.validFrom, price.country, price.category, price.price, price.currency)
            let written = try await call.store.write(PriceStatements.set, input, in: call.platform)
            var reply = Reply(.ok, record.json(price))
            reply.position = written.position
            return reply
        })
}
