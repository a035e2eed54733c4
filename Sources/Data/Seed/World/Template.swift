/// A template that every salon has registered with WhatsApp.
enum Template: Int, CaseIterable, Sendable {
    case confirmation, reminder

    static let all = allCases

    /// Its name there.
    var name: StaticString {
        switch self {
        case .confirmation: "booking_confirmation"
        case .reminder: "booking_reminder"
        }
    }

    /// Its words in a language.
    func phrase(in language: Language) -> Phrase {
        switch self {
        case .confirmation: language.confirmation
        case .reminder: language.reminder
        }
    }
}
