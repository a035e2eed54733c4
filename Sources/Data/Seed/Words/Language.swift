/// A language that customers write in, with everything that is said in it.
struct Language: Sendable {
    /// Its code, as in `messages.language`.
    let code: StaticString
    let firstNames: [Word]
    let lastNames: [Word]
    /// Monday first.
    let weekdays: [Word]
    /// How a message begins, and how it may end; some begin and end with nothing.
    let greetings: [Word]
    let endings: [Word]
    /// Some with a heart, as people write: what takes four bytes has to come through everything too.
    let dialogues: [Intent: Dialogue]
    /// What booking.confirmed and the reminder say.
    let confirmation: Phrase
    let reminder: Phrase
    let trades: [Trade: TradeWords]

    /// English, Spanish, Portuguese, Russian.
    static let all = [english, spanish, portuguese, russian]

    /// The language with that code.
    static func number(of code: String) -> Int { all.firstIndex { "\($0.code)" == code } ?? 0 }

    /// What is said of an intent; empty tables are a mistake that a test finds.
    func dialogue(of intent: Intent) -> Dialogue { dialogues[intent] ?? Dialogue(questions: [""], answers: [""]) }
}

/// What a salon does.
enum Trade: Int, CaseIterable, Sendable { case hair, nails, barber, beauty }

/// How salons of a trade are called, and what they offer, in one language.
struct TradeWords: Sendable {
    /// With the owner's name in it.
    let salonNames: [Phrase]
    /// As people write of them in a sentence, in the order of `Trade.offers`.
    let services: [Word]
    /// As they stand on the list.
    let menu: [Word]
    let category: Word

    /// Without a list of its own, the words of the sentence lose their article.
    init(salonNames: [Phrase], services: [Word], menu: [Word]? = nil, category: Word) {
        self.salonNames = salonNames
        self.services = services
        self.menu = menu ?? services.map(Self.withoutArticle)
        self.category = category
    }

    private static func withoutArticle(_ service: Word) -> Word {
        let articles = ["a ", "an ", "the ", "un ", "una ", "unas "]
        let text = service.text
        let rest = text.dropFirst(articles.first(where: text.hasPrefix)?.count ?? 0)
        return Word(rest.prefix(1).uppercased() + rest.dropFirst())
    }
}

/// How long a service takes, what it costs, and whether it needs a chair beside somebody who works.
struct Offer: Sendable {
    let minutes: Int
    var before = 0
    var after = 0
    /// In the smallest unit of a currency of which one hour's wage is about 20 units.
    let price: Int
    var needsChair = true

    /// The quarters of an hour that it occupies.
    var quarters: Int { (before + minutes + after + 14) / 15 }
}

extension Trade {
    /// What every salon of the trade offers. Each has one of two quarters of an hour, so that a day can be filled.
    var offers: [Offer] {
        switch self {
        case .hair:
            [
                Offer(minutes: 30, price: 2200), Offer(minutes: 45, after: 15, price: 3800),
                Offer(minutes: 60, after: 15, price: 4900), Offer(minutes: 90, before: 15, after: 15, price: 8900),
                Offer(minutes: 30, price: 2500), Offer(minutes: 120, after: 15, price: 13_500),
            ]
        case .nails:
            [
                Offer(minutes: 30, price: 1800), Offer(minutes: 45, after: 15, price: 2800),
                Offer(minutes: 60, after: 15, price: 3900), Offer(minutes: 75, after: 15, price: 4800),
                Offer(minutes: 30, price: 1500, needsChair: false), Offer(minutes: 60, after: 15, price: 3500),
            ]
        case .barber:
            [
                Offer(minutes: 30, price: 2000), Offer(minutes: 25, after: 5, price: 1500),
                Offer(minutes: 45, after: 15, price: 3200), Offer(minutes: 30, price: 2200),
                Offer(minutes: 20, after: 10, price: 1200), Offer(minutes: 60, after: 15, price: 4500),
            ]
        case .beauty:
            [
                Offer(minutes: 60, before: 15, after: 15, price: 5500),
                Offer(minutes: 30, price: 1600, needsChair: false),
                Offer(minutes: 45, after: 15, price: 3000), Offer(minutes: 60, after: 15, price: 4900),
                Offer(minutes: 30, after: 15, price: 2600), Offer(minutes: 90, before: 15, after: 15, price: 8500),
            ]
        }
    }
}
