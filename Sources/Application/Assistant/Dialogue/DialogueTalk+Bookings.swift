import Basics
import Messaging

extension DialogueTalk {
    /// Which booking is meant; where there is one only, that one.
    func chooseBooking(_ purpose: DialoguePurpose, from: Int = 0) throws(MessageFault) -> DialogueStep {
        guard let first = facts.bookings.first else { return try menu(phrases.noBookings) }
        if facts.bookings.count == 1 { return try turn(to: first, purpose) }
        let from = from < facts.bookings.count ? from : 0
        let rows = facts.bookings.map { booking in
            Row(
                "booking:\(booking.id)", "\(dayTitle(booking.local.date)), \(calendar.time(booking.local))",
                detail: "\(booking.code) · \(booking.name)")
        }
        return say(
            .bookings(purpose, from: from),
            [try list(phrases.whichBooking, phrases.bookingsButton, paged(rows, from: from) + [leaveRow])])
    }

    /// What is to be done with a booking.
    func turn(to booking: DialogueBooking, _ purpose: DialoguePurpose) throws(MessageFault) -> DialogueStep {
        switch purpose {
        case .see:
            let body = phrases.booking(booking.name, calendar.moment(booking.local), booking.code)
            return say(
                .booking(booking),
                [
                    try buttons(
                        body,
                        [
                            Button("move:\(booking.id)", phrases.move), Button("cancel:\(booking.id)", phrases.cancel),
                            Button("keep", phrases.keep),
                        ])
                ])
        case .move:
            guard let plan = booking.movingPlan else { return try menu(phrases.failed) }
            return try pick(plan, DialogueWish(day: wish.day, minute: wish.minute))
        case .cancel:
            let body = phrases.cancelQuestion(booking.name, calendar.moment(booking.local), booking.code)
            return say(
                .cancelling(booking),
                [
                    try buttons(
                        body, [Button("agree:\(booking.id)", phrases.yesCancel), Button("keep", phrases.keep)])
                ])
        }
    }
}
