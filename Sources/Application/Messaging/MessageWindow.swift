package import Basics

/// The 24 hours after a customer's last message in which the salon may write freely. Outside of them WhatsApp takes
/// templates only, and answers anything else with 131047.
package struct MessageWindow: Hashable, Sendable {
    /// WhatsApp's number for a window that is closed.
    package static let closedCode = 131_047

    /// When it ends; nil for a customer who has never written.
    package let end: Timestamp?

    /// A window that ends at a moment.
    package init(until end: Timestamp?) { self.end = end }

    /// The window of a customer who wrote at a moment.
    package init(afterMessageAt moment: Timestamp) { end = moment + .seconds(86_400) }

    /// Whether the salon may write freely. At the very end it is closed.
    package func isOpen(at now: Timestamp) -> Bool { end.map { now < $0 } ?? false }

    /// Whether something may be said.
    package func permits(_ content: MessageContent, at now: Timestamp) -> Bool { content.isTemplate || isOpen(at: now) }
}
