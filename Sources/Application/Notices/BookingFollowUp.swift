import Basics
package import Bookings
package import Jobs
import JSONText
import Postgres
import Store
package import Zones

/// What follows from changes of bookings: reminders at their times, holds that end, and offers to who waits.
package struct BookingFollowUp: Sendable {
    /// The queue of reminders.
    package static let reminders = "booking.reminder"
    /// The queue of holds that end.
    package static let holds = "booking.hold"
    /// The topic of offers to who waits.
    package static let offers = "waiting.offered"

    private let desk: BookingDesk
    private let line: WaitingLine
    private let notices: BookingNotices
    private let queue: any JobQueue
    private let zones: ZoneDatabase
    private let plan = ReminderPlan()

    /// What follows from changes at a desk, by jobs in a queue.
    package init(_ desk: BookingDesk, _ notices: BookingNotices, _ queue: any JobQueue, zones: ZoneDatabase) {
        self.desk = desk
        self.notices = notices
        self.queue = queue
        self.zones = zones
        line = WaitingLine(desk)
    }

    /// Does what a change of a booking asks for. It may be done again.
    package func follow(_ job: TakenJob) async throws -> JobOutcome {
        guard let salon = job.salon, let change = try? BookingChange(reading: job.payload) else {
            return .hopeless("the job does not say which booking changed")
        }
        let scope = SalonScope(salon, by: .service("follow-up"))
        try await line.handle(change, in: scope)
        guard ["held", "confirmed", "moved"].contains(change.what),
            let booking = try await desk.booking(change.booking, in: scope, .deciding)
        else { return .done }
        if booking.status == .held, let end = booking.holdExpires {
            try await queue.add(
                NewJob(
                    Self.holds, key: "hold:\(booking.id):\(booking.version)", for: salon, PostgresJSON("{}"),
                    at: .at(end + .seconds(1))))
        }
        for reminder in plan.reminders(of: booking, in: try zones.zone(booking.zone), now: .now()) {
            try await queue.add(
                NewJob(Self.reminders, key: reminder.key, for: salon, reminder.payload, at: .at(reminder.due)))
        }
        return .done
    }

    /// Sends a reminder.
    package func remind(_ job: TakenJob) async throws -> JobOutcome {
        guard let salon = job.salon, let reminder = Reminder(reading: job.payload) else {
            return .hopeless("the job does not say of what is to be reminded")
        }
        return outcome(try await notices.remind(reminder, in: SalonScope(salon, by: .service("reminders"))))
    }

    /// Ends the holds of a salon that are over.
    package func endHolds(_ job: TakenJob) async throws -> JobOutcome {
        guard let salon = job.salon else { return .hopeless("the job names no salon") }
        _ = try await desk.expireHolds(in: SalonScope(salon, by: .service("holds")))
        return .done
    }

    /// Tells who waited what he is offered.
    package func offer(_ job: TakenJob) async throws -> JobOutcome {
        let text = (try? JSON(reading: job.payload.text))?["booking"]?.text
        guard let salon = job.salon, let booking = text.flatMap({ PostgresUUID($0) }) else {
            return .hopeless("the job does not say what is offered")
        }
        return outcome(try await notices.offer(booking, in: SalonScope(salon, by: .service("offers"))))
    }

    private func outcome(_ outcome: BookingNotices.Outcome) -> JobOutcome {
        switch outcome {
        case .told, .obsolete: .done
        case .unreachable(let reason): .hopeless(reason)
        }
    }
}
