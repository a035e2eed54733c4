/// What a customer wants, as the assistant names it.
enum Intent: Int, CaseIterable, Sendable {
    case book, reschedule, cancel, price, hours, location, thanks

    /// The name in `ai_messages.intent`.
    var name: StaticString {
        switch self {
        case .book: "book_appointment"
        case .reschedule: "reschedule_appointment"
        case .cancel: "cancel_appointment"
        case .price: "ask_price"
        case .hours: "ask_hours"
        case .location: "ask_location"
        case .thanks: "say_thanks"
        }
    }

    /// How often it comes, in a hundred.
    private var share: Int {
        switch self {
        case .book: 38
        case .reschedule: 12
        case .cancel: 8
        case .price: 15
        case .hours: 10
        case .location: 5
        case .thanks: 12
        }
    }

    /// One as often as it comes in life.
    static func drawn(_ draw: inout Draw) -> Intent {
        var rest = draw.below(100)
        for intent in allCases {
            if rest < intent.share { return intent }
            rest -= intent.share
        }
        return .book
    }
}

/// What is said of an intent: what customers ask, and what the salon answers.
struct Dialogue: Sendable {
    let questions: [Phrase]
    let answers: [Phrase]
}
