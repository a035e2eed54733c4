/// How the states of a message that goes out follow each other.
///
/// WhatsApp tells states late, twice, in any order, and leaves some out. So there is one rule that needs no order: of what
/// was told, the furthest holds. A message that is delivered after it was said to have failed is delivered.
package enum DeliveryState {
    /// The states of a message that goes out, each further than the one before it.
    package static let ascending: [MessageStatus] = [.queued, .sent, .failed, .delivered, .read, .played]

    /// How far a state is; nil for what comes from a customer, which has no way to go.
    package static func rank(of status: MessageStatus) -> Int? { ascending.firstIndex(of: status) }

    /// The state of a message in `current` that is told to be in `told`.
    package static func merged(_ current: MessageStatus, _ told: MessageStatus) -> MessageStatus {
        guard let here = rank(of: current), let there = rank(of: told), there > here else { return current }
        return told
    }

    /// Whether the customer has it, so that it is billed when it costs anything.
    package static func isDelivered(_ status: MessageStatus) -> Bool {
        switch status {
        case .delivered, .read, .played: true
        case .queued, .sent, .failed, .received: false
        }
    }
}
