public import Basics

extension Configuration {
    /// The app at WhatsApp through which salons are reached.
    public struct WhatsApp: Equatable, Sendable {
        /// The secret with which WhatsApp signs what it delivers; nil when there is none yet.
        public var appSecret: Secret?
        /// The secret before that, while both are valid during a rotation.
        public var previousAppSecret: Secret?
        /// What WhatsApp shows when the address for deliveries is registered.
        public var verifyToken: Secret?
        /// Where messages are sent to, with the version of the API.
        public var graphURL = "https://graph.facebook.com/v23.0"

        /// The defaults.
        public init() {}
    }
}
