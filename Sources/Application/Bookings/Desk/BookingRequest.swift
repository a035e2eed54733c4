package import Basics
package import Postgres
import Digests
package import Zones

/// What somebody wants booked.
package struct BookingRequest: Hashable, Sendable {
    /// When it is to begin.
    package enum Start: Hashable, Sendable {
        /// At a moment.
        case moment(Timestamp)
        /// When the salon's clocks show this: never in a gap, and of two times the first.
        case wallTime(WallTime)
    }

    /// For whom it is.
    package enum Customer: Hashable, Sendable {
        /// For one whom the salon knows, by key.
        case key(PostgresUUID)
        /// For the one with a number, known or not.
        case phone(String, name: String?)
        /// For somebody who stands there.
        case passer(name: String?)
    }

    /// Which service.
    package var service: PostgresUUID
    /// When it begins.
    package var start: Start
    /// For whom it is.
    package var customer: Customer
    /// Whom or what it has to be; of its kind no other one is taken.
    package var resource: PostgresUUID?
    /// What is to be known about it. It is sealed.
    package var notes: String?
    /// Which way it came.
    package var source = "api"
    /// What the caller names the request: said again, it brings the same booking and makes no other one.
    package var key: String?
    /// Whether notice, horizon, steps and hours do not matter, because the salon's own people book.
    package var isAnyTime = false

    /// A request.
    package init(service: PostgresUUID, start: Start, customer: Customer) {
        self.service = service
        self.start = start
        self.customer = customer
    }

    /// What tells a request that is said again from another one under the same name. It holds no number in the clear.
    func hash(hold: Duration?) -> [UInt8] {
        var words = ["\(service)", "\(start)", "\(resource?.description ?? "")", notes ?? "", source, "\(isAnyTime)"]
        switch customer {
        case .key(let key): words += ["key", "\(key)"]
        case .phone(let number, let name): words += ["phone", number, name ?? ""]
        case .passer(let name): words += ["passer", name ?? ""]
        }
        words.append(hold == nil ? "book" : "hold")
        // No word can be taken for two.
        return Digest(.sha256, of: words.flatMap { Array("\($0.utf8.count):\($0)".utf8) }).bytes
    }
}

/// What became of a request or a step.
package enum BookingOutcome: Hashable, Sendable {
    /// It is done, and the booking is like this; so it is when the request had been done before.
    case done(BookingDetails)
    /// The time is taken; these are the next ones that are free.
    case taken(next: [FreeSlot])
    /// It cannot be done.
    case refused(BookingRefusal)
    /// Somebody was faster, and the booking is like this now.
    case changedMeanwhile(BookingDetails)
    /// There is no such booking.
    case missing
}

/// Why a request or a step cannot be done.
package enum BookingRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The salon's clocks never show this time: they are put forward past it.
    case gap(ZoneGap)
    /// The time cannot be had.
    case slot(SlotRefusal)
    /// The booking does not allow the step.
    case step(BookingStepRefusal)
    /// There is no such service, or it cannot be booked.
    case noService
    /// There is no such customer.
    case noCustomer
    /// The request's name stands for another request.
    case keyReused

    /// A lower-case fact.
    package var description: String {
        switch self {
        case .gap(let gap): "the clocks are put forward from \(gap.from) to \(gap.until), so this time never comes"
        case .slot(let refusal): refusal.description
        case .step(let refusal): refusal.description
        case .noService: "there is no such service, or it cannot be booked"
        case .noCustomer: "there is no such customer"
        case .keyReused: "the request's key was used for another request"
        }
    }
}
