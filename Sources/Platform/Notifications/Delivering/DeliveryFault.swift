package import Basics
import Loop
import TLS

/// Why a message did not get through. Nothing in it is secret: what other programs and libraries say is taken over only
/// where it cannot hold an address of a webhook, a key or a password.
package struct DeliveryFault: Error, Equatable, Sendable {
    /// A lower-case fact about the other side.
    package var reason: String
    /// What to do about it.
    package var hint: String?
    /// Whether it may pass by itself.
    package var isPassing: Bool
    /// Whether some of those who should have the message have it.
    package var isPartial = false
    /// How long the other side wants to be left alone.
    package var retryAfter: Duration?

    /// A fault that stays until somebody does something, unless told otherwise.
    package init(
        _ reason: String, hint: String? = nil, isPassing: Bool = false, retryAfter: Duration? = nil
    ) {
        self.reason = reason
        self.hint = hint
        self.isPassing = isPassing
        self.retryAfter = retryAfter
    }

    /// What an error means; texts that hold one of `secrets` are not repeated.
    init(describing error: any Error, hiding secrets: [String] = []) {
        if let fault = error as? DeliveryFault {
            self = fault
            return
        }
        let error = ParlorError(describing: error)
        if let fault = error.tlsFault {
            let isPassing = fault == .cutInHandshake || fault == .truncated || fault == .corrupted
            self.init(fault.description, hint: error.hint, isPassing: isPassing)
            return
        }
        let words = error.why ?? error.what
        let isHarmless = secrets.allSatisfy { $0.isEmpty || !words.contains($0) }
        switch error.code {
        case .timeout: self.init("it did not answer in time", isPassing: true)
        case .connection where error.nameFault != nil:
            self.init("its name has no address: \(words)", hint: error.hint, isPassing: true)
        case .connection:
            let details = isHarmless ? ": \(words)" : ""
            self.init("there is no connection to it, or it broke\(details)", isPassing: true)
        case .protocolViolation: self.init("it does not answer as its protocol wants", isPassing: true)
        case .cancelled: self.init("the work was called off before it ended")
        default: self.init("something went wrong that was not foreseen (\(error.code.name))")
        }
    }
}

/// What became of a message on one channel.
package struct Delivery: Equatable, Sendable {
    /// Where it went.
    package var channel: NotificationChannel
    /// What it was about.
    package var key: String
    /// Why it did not get through; nil when it did.
    package var fault: DeliveryFault?
    /// How often it was tried.
    package var attempts: Int
    /// How long that took.
    package var duration: Duration

    /// What became of a message.
    package init(
        channel: NotificationChannel, key: String, fault: DeliveryFault? = nil, attempts: Int = 0,
        duration: Duration = .zero
    ) {
        self.channel = channel
        self.key = key
        self.fault = fault
        self.attempts = attempts
        self.duration = duration
    }

    /// Whether anybody has it.
    package var hasArrived: Bool { fault?.isPartial ?? true }

    /// The failure for people; nil when there was none.
    package var failure: ParlorError? {
        fault.map { fault in
            ParlorError(
                .connection, "no message to \(channel.title) (\(attempts) \(attempts == 1 ? "attempt" : "attempts"))",
                why: fault.reason, hint: fault.hint)
        }
    }
}
