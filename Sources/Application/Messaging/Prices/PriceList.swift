package import Basics
package import Postgres
package import Store

/// What WhatsApp asks for a delivered message of a category in a country, from a day on.
package struct MessagePrice: StatementRow, Hashable {
    /// From when.
    package let validFrom: PostgresDate
    /// The country, like `BR`; `*` is any that has no price of its own.
    package let country: String
    /// The category, like `utility`.
    package let category: String
    /// The price.
    package let price: PostgresNumeric
    /// What it is counted in, like `USD`.
    package let currency: String

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("valid_from", PostgresDate.self), Column("country", String.self), Column("category", String.self),
        Column("price", PostgresNumeric.self), Column("currency", String.self)
    ) { MessagePrice(validFrom: $0, country: $1, category: $2, price: $3, currency: $4) }

    /// A price.
    package init(
        validFrom: PostgresDate, country: String, category: String, price: PostgresNumeric, currency: String
    ) {
        self.validFrom = validFrom
        self.country = country
        self.category = category
        self.price = price
        self.currency = currency
    }
}

/// All prices in one currency. A price that is not in the list is not known; none is ever made up.
package struct PriceList: Sendable {
    private struct Kind: Hashable {
        let country: String
        let category: String
    }

    /// The prices of a kind, the oldest first.
    private var prices: [Kind: [MessagePrice]] = [:]

    /// The list in a currency; prices in another one are not in it, because sums of two would mean nothing.
    package init(_ prices: [MessagePrice], currency: String = "USD") {
        for price in prices where price.currency == currency {
            self.prices[Kind(country: price.country, category: price.category), default: []].append(price)
        }
        for kind in self.prices.keys { self.prices[kind]?.sort { $0.validFrom < $1.validFrom } }
    }

    /// The price of a category (in whatever case) in a country on the day of a moment, in UTC: the latest of the
    /// country's own, else the latest for any country. nil when there is none.
    package func price(of category: String, in country: String?, at moment: Timestamp) -> PostgresNumeric? {
        let category = category.lowercased()
        for country in [country, "*"] {
            guard let country, let list = prices[Kind(country: country, category: category)] else { continue }
            if let price = list.last(where: { Timestamp(startOf: $0.validFrom) <= moment }) { return price.price }
        }
        return nil
    }

    /// What a message costs when it is delivered, by what WhatsApp tells of it: nothing where it is not billed, nil where
    /// that, the country or the price is not known.
    package func cost(
        isBillable: Bool?, category: String?, phone: String?, userID: String?, at moment: Timestamp
    ) -> PostgresNumeric? {
        guard let isBillable else { return nil }
        guard isBillable else { return 0 }
        guard let category else { return nil }
        return price(of: category, in: CountryCode.of(phone: phone, userID: userID), at: moment)
    }
}

extension Timestamp {
    /// The beginning of a day in UTC. PostgreSQL counts days from 2000 on.
    fileprivate init(startOf date: PostgresDate) { self.init(seconds: 946_684_800 + Int64(date.days) * 86_400) }
}

/// Statements about prices. They are the platform's.
package enum PriceStatements: StatementList {
    /// Every price.
    package static let every = Statement(
        "message_prices_every", .reads,
        "SELECT valid_from, country, category, price, currency FROM message_prices ORDER BY valid_from",
        gives: MessagePrice.self)

    /// Sets a price from a day on.
    package static let set = Statement(
        "message_price_set", .writesRepeatably,
        """
        INSERT INTO message_prices (valid_from, country, category, price, currency) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (valid_from, country, category, currency) DO UPDATE SET price = excluded.price
        """, takes: PostgresDate.self, String.self, String.self, PostgresNumeric.self, String.self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [every, set]
}
