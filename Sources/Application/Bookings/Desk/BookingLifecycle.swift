package import Basics

/// What can be done to a booking that is there.
package enum BookingStep: String, Hashable, Sendable, CaseIterable {
    /// Somebody who had it held takes it.
    case confirm = "confirmed"
    /// It is put on another time.
    case reschedule = "moved"
    /// It is called off.
    case cancel = "cancelled"
    /// It took place.
    case complete = "completed"
    /// The customer did not come.
    case miss = "missed"
}

/// Why a step cannot be done.
package enum BookingStepRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is over: what it has come to does not allow the step.
    case over(BookingStatus)
    /// It is confirmed already.
    case confirmedAlready
    /// It was held, and for too long.
    case holdExpired
    /// It is only held.
    case onlyHeld
    /// It has not begun.
    case notBegun

    /// A lower-case fact.
    package var description: String {
        switch self {
        case .over(.cancelled): "the booking was cancelled"
        case .over(.noShow): "the customer did not come to this booking"
        case .over: "the booking is over"
        case .confirmedAlready: "the booking is confirmed already"
        case .holdExpired: "the booking was held for a time, which is over"
        case .onlyHeld: "the booking was never confirmed"
        case .notBegun: "the booking has not begun"
        }
    }
}

/// What may follow what.
///
/// - Held → confirmed, cancelled. A hold that is over can only be cancelled; somebody else may be waiting for it.
/// - Confirmed → cancelled; from its beginning on completed, or missed.
/// - Held and confirmed ones can be put on another time, and stay what they are.
/// - Completed ↔ missed, because people press the wrong button. Nothing follows cancelled: the time may be another's now.
package enum BookingLifecycle {
    /// What a booking becomes by a step at a moment of the database's clock.
    package static func status(
        after step: BookingStep, _ status: BookingStatus, start: Timestamp, holdExpires: Timestamp?, now: Timestamp
    ) -> Result<BookingStatus, BookingStepRefusal> {
        switch (status, step) {
        case (.cancelled, _): .failure(.over(status))
        case (.held, .cancel): .success(.cancelled)
        case (.held, .confirm), (.held, .reschedule):
            if let holdExpires, holdExpires > now {
                .success(step == .confirm ? .confirmed : .held)
            } else {
                .failure(.holdExpired)
            }
        case (.held, _): .failure(.onlyHeld)
        case (.confirmed, .confirm): .failure(.confirmedAlready)
        case (.confirmed, .reschedule): .success(.confirmed)
        case (.confirmed, .cancel): .success(.cancelled)
        case (.confirmed, .complete): start <= now ? .success(.completed) : .failure(.notBegun)
        case (.confirmed, .miss): start <= now ? .success(.noShow) : .failure(.notBegun)
        case (.completed, .miss): .success(.noShow)
        case (.noShow, .complete): .success(.completed)
        case (.completed, _), (.noShow, _): .failure(.over(status))
        }
    }
}
