package import Basics

/// Something that happened and that people may want to know: a trouble, the end of one, or good news.
package struct Notice: Equatable, Sendable {
    /// How much it matters.
    package enum Severity: String, CaseIterable, Comparable, Sendable {
        /// It is good to know.
        case info
        /// Somebody should look at it.
        case warning
        /// Somebody must do something now.
        case critical

        private var rank: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .critical: 2
            }
        }

        /// What matters less is less.
        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    }

    /// A fact beside the text.
    package struct Field: Equatable, Sendable {
        /// What it is.
        package var name: String
        /// How it is.
        package var value: String

        /// A fact.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What it is about, like `backup.failed`: all that is said under one key is about the same trouble.
    package var key: String
    /// How much it matters.
    package var severity: Severity
    /// One line.
    package var title: String
    /// What else to know, and what to do.
    package var text: String
    /// Facts beside the text.
    package var fields: [Field]
    /// When it happened.
    package var at: Timestamp
    /// Whether the trouble is over.
    package var isResolved: Bool

    /// Something that happened.
    package init(
        _ severity: Severity, key: String, _ title: String, text: String = "", fields: [Field] = [],
        at moment: Timestamp = .now(), isResolved: Bool = false
    ) {
        self.key = key
        self.severity = severity
        self.title = title
        self.text = text
        self.fields = fields
        at = moment
        self.isResolved = isResolved
    }
}

/// A way by which people are told.
package enum NotificationChannel: String, CaseIterable, Comparable, Sendable {
    /// A room of a chat.
    case slack
    /// Wakes somebody up.
    case pagerduty
    /// Messages to mailboxes.
    case email

    /// What people call it.
    package var title: String {
        switch self {
        case .slack: "Slack"
        case .pagerduty: "PagerDuty"
        case .email: "e-mail"
        }
    }

    private var place: Int {
        switch self {
        case .slack: 0
        case .pagerduty: 1
        case .email: 2
        }
    }

    /// In the order of the list.
    package static func < (left: NotificationChannel, right: NotificationChannel) -> Bool { left.place < right.place }
}
