import Basics
package import Bookings
import Messaging
package import Postgres
package import Store

/// Tells customers about their bookings without having been asked: reminders, and times that became free.
///
/// While the customer's window is open, in plain words; outside of it by a template that WhatsApp has approved, which is
/// named `booking_reminder` or `booking_offer` and has the service, the time and the code, or the minutes, in its gaps.
/// Each notice goes out once, however often its job runs: that it went out is noted in the transaction that puts it up.
package struct BookingNotices: Sendable {
    /// What became of a notice.
    package enum Outcome: Hashable, Sendable {
        /// It was put up for sending, now or before.
        case told
        /// It is not to be told any more.
        case obsolete
        /// Nobody can be told: there is no customer, no number, or no template.
        case unreachable(String)
    }

    private let store: Store
    private let desk: BookingDesk

    /// Notices about the bookings of a desk.
    package init(_ store: Store, _ desk: BookingDesk) {
        self.store = store
        self.desk = desk
    }

    /// Reminds of a booking, unless it is another one by now.
    package func remind(_ reminder: Reminder, in scope: SalonScope) async throws -> Outcome {
        guard let booking = try await desk.booking(reminder.booking, in: scope, .deciding),
            reminder.isValid(for: booking, now: .now())
        else { return .obsolete }
        return try await tell(booking, "booking_reminder", once: reminder.key, booking.code, in: scope) {
            $0.reminder($1, booking.service, $2, booking.code)
        }
    }

    /// Tells who waited that a time is held for him.
    package func offer(_ booking: PostgresUUID, in scope: SalonScope) async throws -> Outcome {
        guard let booking = try await desk.booking(booking, in: scope, .deciding), booking.status == .held,
            let until = booking.holdExpires, until > .now()
        else { return .obsolete }
        let minutes = max(1, Int((until - .now()).seconds / 60))
        return try await tell(
            booking, "booking_offer", once: "offer:\(booking.id):\(booking.version)", "\(minutes)", in: scope
        ) {
            $0.offer($1, booking.service, $2, minutes)
        }
    }

    private func tell(
        _ booking: BookingDetails, _ template: String, once key: String, _ last: String, in scope: SalonScope,
        words: (NoticeWords, _ salon: String, _ when: String) -> String
    ) async throws -> Outcome {
        guard let customer = booking.customer else { return .unreachable("the booking names no customer") }
        do {
            return try await store.transaction(in: scope, repeatable: true) { transaction in
                _ = try await transaction.run(NoticeStatements.open, customer)
                guard let address = try await transaction.run(NoticeStatements.address, customer).first else {
                    return .unreachable("the customer is gone")
                }
                guard try await !transaction.run(NoticeStatements.once, key).isEmpty else { return .told }
                let language = Language(tag: address.language) ?? .english
                let when = language.calendar.moment(booking.localStart)
                let content: MessageContent
                if address.isOpen {
                    content = .text(try TextContent(words(NoticeWords.of(language), address.salon, when)))
                } else {
                    let approved = try await transaction.run(NoticeStatements.language, (template, address.language))
                    // Where none is approved, putting it up says so.
                    content = .template(
                        try TemplateContent(
                            template, language: approved.first ?? address.language,
                            [.body([.text(booking.service), .text(when), .text(last)])]))
                }
                _ = try await Outgoing.put(
                    OutgoingMessage(in: address.conversation, content, language: address.language), in: transaction)
                return .told
            }.value
        } catch let refusal as OutgoingRefusal {
            return .unreachable(refusal.explained.summary)
        } catch let fault as MessageFault {
            return .unreachable(fault.description)
        }
    }
}
