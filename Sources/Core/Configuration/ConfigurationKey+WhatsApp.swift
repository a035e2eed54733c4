extension ConfigurationKey {
    static let worker: [ConfigurationKey] = [
        ConfigurationKey(
            "worker.with_service", \.worker.withService, .boolean,
            "Whether the service also sends messages and reminders and does all else that follows from requests; "
                + "otherwise \"parlor worker\" does."),
        ConfigurationKey(
            "worker.port", \.worker.port, .integer(1...65_535), absence: "none",
            "The port at api.host on which \"parlor worker\" answers /health/live and /metrics."),
    ]

    static let whatsApp: [ConfigurationKey] = [
        ConfigurationKey(
            "whatsapp.app_secret", \.whatsApp.appSecret, .password, absence: "none",
            "The secret with which WhatsApp signs what it delivers; without one nothing is taken in."),
        ConfigurationKey(
            "whatsapp.previous_app_secret", \.whatsApp.previousAppSecret, .password, absence: "none",
            "The secret before that, which stays valid until this is taken away."),
        ConfigurationKey(
            "whatsapp.verify_token", \.whatsApp.verifyToken, .password, absence: "none",
            "What WhatsApp shows when the address for deliveries is registered."),
        ConfigurationKey(
            "whatsapp.graph_url", \.whatsApp.graphURL, .graphAddress,
            "Where messages are sent to, with the version of the API."),
    ]
}

extension ConfigurationValue where Value == String {
    /// The address of an API; one on this machine need not be encrypted.
    static var graphAddress: Self {
        ConfigurationValue(
            expectation: "an address such as https://graph.facebook.com/v23.0, or one of this machine with http://",
            read: { text in
                if WebAddress(text) != nil { return text }
                guard text.hasPrefix("http://") else { return nil }
                let host = text.dropFirst(7).prefix { $0 != ":" && $0 != "/" }
                return HostName.isLoopback(String(host)) ? text : nil
            }, write: { $0 })
    }
}
