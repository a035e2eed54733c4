import Postgres

/// What there is to be seen and changed in a salon.
package enum Subject: String, CaseIterable, Sendable {
    /// Its name, zone, language and settings.
    case salon
    /// Services, staff and rooms, opening hours, closures.
    case catalogue
    /// The people who are booked there, with the notes about them.
    case customers
    /// Who is talked with.
    case conversations
    /// What is said.
    case messages
    /// What may be said outside of the window.
    case templates
    /// Who comes when.
    case bookings
    /// The same as another program's calendar shows it: time, service, name and code.
    case calendar
    /// What WhatsApp delivered.
    case webhooks
    /// How well it goes.
    case analytics
    /// Who works with it, and as what.
    case members
    /// The programs' ways in.
    case keys
}

/// Something that one may be allowed to do: a subject, and whether to see it or to change it. Its text is also the scope
/// of an API key.
package struct Permission: Hashable, Sendable, CustomStringConvertible {
    /// Seeing or changing.
    package enum Action: String, CaseIterable, Sendable {
        /// To see it.
        case read
        /// To make, change and remove it.
        case write
    }

    /// What it is about.
    package let subject: Subject
    /// What may be done.
    package let action: Action

    /// A permission.
    package init(_ subject: Subject, _ action: Action) {
        self.subject = subject
        self.action = action
    }

    /// Reads a scope, like `customers:read`; nil for anything else.
    package init?(_ text: String) {
        guard let permission = Self.all.first(where: { $0.description == text }) else { return nil }
        self = permission
    }

    /// Like `customers:read`.
    package var description: String { "\(subject.rawValue):\(action.rawValue)" }

    /// Each that there is.
    package static let all = Subject.allCases.flatMap { subject in
        Action.allCases.map { Permission(subject, $0) }
    }

    /// Whether an API key can have it. What decides who else gets in takes a person.
    package var isForKeys: Bool { subject != .keys && subject != .members }
}

/// What somebody is in a salon.
package enum Role: String, CaseIterable, PostgresEnumeration {
    /// Whose it is.
    case owner = "OWNER"
    /// Who runs it.
    case manager = "MANAGER"
    /// Who works there.
    case staff = "STAFF"
    /// Who may look.
    case readonly = "READONLY"
}

extension Permission {
    /// Whether a role includes it. This table is all there is to know about who may do what; the tests show it whole.
    package func isGranted(to role: Role) -> Bool {
        switch (subject, action) {
        case (.keys, _): role == .owner
        case (.members, .read), (.webhooks, .read): role == .owner || role == .manager
        case (.members, .write): role == .owner
        case (.webhooks, .write), (.analytics, .write), (.calendar, .write): false
        case (.analytics, .read): role != .staff
        case (_, .read): true
        case (.salon, .write), (.catalogue, .write), (.templates, .write): role == .owner || role == .manager
        case (.customers, .write), (.conversations, .write), (.messages, .write), (.bookings, .write):
            role != .readonly
        }
    }

    /// Whether the people who run the platform have it in every salon. They help with settings and with who gets in;
    /// what customers say and what is known about them is not theirs to read.
    package var isGrantedToPlatform: Bool {
        switch subject {
        case .salon, .members: true
        case .webhooks, .catalogue, .templates: action == .read
        case .customers, .conversations, .messages, .bookings, .calendar, .analytics, .keys: false
        }
    }
}
