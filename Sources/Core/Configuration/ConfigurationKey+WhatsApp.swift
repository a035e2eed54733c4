extension ConfigurationKey {
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
    ]
}
