import Basics
import Messaging
import Postgres

/// What a customer was understood to want.
enum DialogueRequest: Hashable {
    case menu
    case leave
    case book
    case mine
    case move
    case cancel
    case prices
    case hours
    case person
    case thanks
    case yes
    case no
    case more
    case otherDay
    case otherTime
    case keep
    case language(Language)
    /// Something was chosen.
    case service(PostgresUUID)
    case day(CivilDate)
    case time(Timestamp)
    case booking(PostgresUUID)
    case confirm(PostgresUUID)
    case release(PostgresUUID)
    case moveBooking(PostgresUUID)
    case cancelBooking(PostgresUUID)
    case agreeToCancel(PostgresUUID)
    /// Words that name a service, a day or a time, and nothing else that is understood.
    case wish
    /// Nothing that is understood.
    case unclear

    /// As analytics have it; nil for what was not understood.
    var intent: String? {
        switch self {
        case .menu, .leave, .keep, .no: "menu"
        case .book, .service, .day, .time, .wish, .otherDay, .otherTime, .more, .release: "book"
        case .confirm, .yes: "confirm"
        case .mine, .booking: "bookings"
        case .move, .moveBooking: "move"
        case .cancel, .cancelBooking, .agreeToCancel: "cancel"
        case .prices: "prices"
        case .hours: "hours"
        case .person: "person"
        case .thanks: "thanks"
        case .language: "language"
        case .unclear: nil
        }
    }
}

extension DialogueRequest {
    /// The identifiers of what can be chosen. They say what is chosen and of what, so one of an old message does nothing
    /// that the customer does not see.
    init(choice: String) {
        let parts = choice.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count > 1 ? parts[1] : ""
        self = Self.plain[choice] ?? Self.named(parts[0], value) ?? .unclear
    }

    private static let plain: [String: DialogueRequest] = [
        "menu": .menu, "leave": .leave, "book": .book, "mine": .mine, "prices": .prices, "hours": .hours,
        "person": .person, "more": .more, "other-day": .otherDay, "keep": .keep,
    ]

    private static func named(_ name: String, _ value: String) -> DialogueRequest? {
        switch name {
        case "service": PostgresUUID(value).map { .service($0) }
        case "day": CivilDate(value).map { .day($0) }
        case "time": Int64(value).map { .time(Timestamp(microseconds: $0)) }
        case "booking": PostgresUUID(value).map { .booking($0) }
        case "confirm": PostgresUUID(value).map { .confirm($0) }
        case "release": PostgresUUID(value).map { .release($0) }
        case "move": PostgresUUID(value).map { .moveBooking($0) }
        case "cancel": PostgresUUID(value).map { .cancelBooking($0) }
        case "agree": PostgresUUID(value).map { .agreeToCancel($0) }
        default: nil
        }
    }

    /// What words mean. `isAsked` says that a question waits for an answer, so that a mere "cancel" leaves it.
    init(_ text: SpokenText, isAsked: Bool, hasWish: Bool) {
        let isShort = text.words.count <= 2
        if let language = text.namedLanguage {
            self = .language(language)
        } else if isShort, text.says(\.menu) {
            self = .menu
        } else if isAsked, isShort, text.says(\.leave) || text.says(\.cancel) {
            self = .leave
        } else {
            self = Self.intent(text, isShort: isShort) ?? (hasWish ? .wish : Self.small(text))
        }
    }

    private static func intent(_ text: SpokenText, isShort: Bool) -> DialogueRequest? {
        if text.says(\.person) { return .person }
        if text.says(\.cancel) { return .cancel }
        if text.says(\.move) { return .move }
        if text.says(\.mine), text.says(\.booking) { return .mine }
        // Said while times are shown, these mean others of them.
        if isShort, text.says(\.more) { return .more }
        if isShort, text.says(\.otherTime) { return .otherTime }
        if text.says(\.book) { return .book }
        if text.says(\.prices) { return .prices }
        if text.says(\.hours) { return .hours }
        return nil
    }

    private static func small(_ text: SpokenText) -> DialogueRequest {
        if text.says(\.no) { return .no }
        if text.says(\.yes) { return .yes }
        if text.says(\.thanks) { return .thanks }
        if text.says(\.greeting) || text.says(\.menu) { return .menu }
        return .unclear
    }
}
