public import Basics

extension Configuration {
    /// Whom Parlor tells that something happened.
    public struct Notifications: Equatable, Sendable {
        /// The least that e-mail and Slack are told; PagerDuty is told what is critical.
        public var level = Level.warning
        /// How long after it was told a trouble that goes on is told again.
        public var repeatAfter = Duration.seconds(4 * 3600)
        /// The address of an incoming webhook of Slack, which is a secret as a whole; nil to tell Slack nothing.
        public var slack: Secret?
        /// The routing key of a service of PagerDuty; nil to tell PagerDuty nothing.
        public var pagerduty: Secret?
        /// Where PagerDuty takes events.
        public var pagerdutyURL = "https://events.pagerduty.com/v2/enqueue"
        /// Messages by e-mail.
        public var email = Email()

        /// The defaults.
        public init() {}

        /// How much something matters.
        public enum Level: String, CaseIterable, Sendable {
            /// It is good to know.
            case info
            /// Somebody should look at it.
            case warning
            /// Somebody must do something now.
            case critical
        }

        /// Messages by e-mail.
        public struct Email: Equatable, Sendable {
            /// Who gets them, separated by commas; nil for nobody.
            public var to: String?
            /// Who sends them.
            public var from: String?
            /// The server that takes them.
            public var server: String?
            /// Its port; nil for the usual one of the encryption.
            public var port: Int?
            /// Who signs in there; nil when nobody need.
            public var user: String?
            /// The password of that user.
            public var password: Secret?
            /// How the connection is encrypted.
            public var encryption = Encryption.starttls
            /// The authorities that the server's certificate must come from; nil for the system's.
            public var authority: String?

            /// The defaults.
            public init() {}

            /// Who gets them.
            public var recipients: [MailAddress] { to.flatMap { MailAddress.list($0) } ?? [] }

            /// How a connection to a server of mail is encrypted.
            public enum Encryption: String, CaseIterable, Sendable {
                /// It begins without, and goes on only when the server has agreed to encrypt.
                case starttls
                /// From its first byte.
                case tls
                /// Not at all; for a server on this machine.
                case none

                /// Where servers usually listen for it.
                public var usualPort: Int {
                    switch self {
                    case .starttls: 587
                    case .tls: 465
                    case .none: 25
                    }
                }
            }
        }
    }
}

extension MailAddress {
    /// Reads addresses with commas between them; nil when one of them is none.
    public static func list(_ text: String) -> [MailAddress]? {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let addresses = words.compactMap { MailAddress($0) }
        return addresses.count == words.count ? addresses : nil
    }
}
