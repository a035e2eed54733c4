/// Where a salon can be, with what follows from that.
struct Place: Sendable {
    /// The zone, as PostgreSQL knows it.
    let zone: StaticString
    let language: Int
    let currency: StaticString
    /// What costs one unit of the price tables costs so many of the currency.
    let priceFactor: Int
    let dialling: StaticString
    let country: StaticString

    private init(
        _ zone: StaticString, _ language: String, _ currency: StaticString, _ priceFactor: Int,
        _ dialling: StaticString,
        _ country: StaticString
    ) {
        self.zone = zone
        self.language = Language.number(of: language)
        self.currency = currency
        self.priceFactor = priceFactor
        self.dialling = dialling
        self.country = country
    }

    /// Zones with clocks that change and zones without, on both sides of UTC, and one half an hour off.
    static let all = [
        Place("Europe/Lisbon", "pt", "EUR", 1, "351", "PT"), Place("Europe/Madrid", "es", "EUR", 1, "34", "ES"),
        Place("Europe/London", "en", "GBP", 1, "44", "GB"), Place("America/New_York", "en", "USD", 1, "1", "US"),
        Place("America/Los_Angeles", "en", "USD", 1, "1", "US"),
        Place("America/Sao_Paulo", "pt", "BRL", 4, "55", "BR"),
        Place("America/Mexico_City", "es", "MXN", 14, "52", "MX"),
        Place("America/Bogota", "es", "COP", 2500, "57", "CO"),
        Place("America/Argentina/Buenos_Aires", "es", "ARS", 900, "54", "AR"),
        Place("Europe/Moscow", "ru", "RUB", 60, "7", "RU"), Place("Asia/Yekaterinburg", "ru", "RUB", 50, "7", "RU"),
        Place("Asia/Kolkata", "en", "INR", 30, "91", "IN"),
    ]

    /// How large a share of the salons each has, in the order of `all`.
    static let shares = [12, 16, 14, 10, 6, 14, 8, 5, 4, 6, 2, 3]
}
