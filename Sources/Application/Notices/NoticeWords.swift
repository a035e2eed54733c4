package import Messaging

/// What customers are told about their bookings, in each language.
package struct NoticeWords: Sendable {
    /// Reminds of a booking: the salon, the service, the day with the time, the code.
    package let reminder: @Sendable (_ salon: String, _ service: String, _ when: String, _ code: String) -> String
    /// Offers a time that became free, held for so many minutes.
    package let offer: @Sendable (_ salon: String, _ service: String, _ when: String, _ minutes: Int) -> String

    /// The words of a language.
    package static func of(_ language: Language) -> NoticeWords {
        switch language {
        case .english: english
        case .spanish: spanish
        case .portuguese: portuguese
        case .russian: russian
        }
    }

    private static let english = NoticeWords(
        reminder: { "\($0) reminds you of your booking: \($1), \($2). Code \($3)." },
        offer: { "\($0): a time became free for \($1), \($2). We keep it for you for \($3) minutes." })

    private static let spanish = NoticeWords(
        reminder: { "\($0) le recuerda su cita: \($1), \($2). Código \($3)." },
        offer: { "\($0): quedó libre una hora para \($1), \($2). La guardamos para usted \($3) minutos." })

    private static let portuguese = NoticeWords(
        reminder: { "\($0) lembra a sua marcação: \($1), \($2). Código \($3)." },
        offer: { "\($0): ficou livre um horário para \($1), \($2). Guardamo-lo para si durante \($3) minutos." })

    private static let russian = NoticeWords(
        reminder: { "\($0) напоминает о вашей записи: \($1), \($2). Код \($3)." },
        offer: { "\($0): освободилось время: \($1), \($2). Мы держим его для вас \($3) мин." })
}
