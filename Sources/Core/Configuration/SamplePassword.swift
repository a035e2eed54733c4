/// Passwords that stand in documentation, and are therefore known to everybody.
enum SamplePassword {
    /// Without case and separators; the first lines are those of the specification.
    private static let known: Set = [
        "postgres", "password", "securerandompassword", "yoursecurepassword", "strongrandompassword",
        "anotherstrongpassword",
        "changeme", "changethis", "changeit", "secret", "mysecretpassword", "yourpassword", "strongpassword",
        "securepassword", "supersecret", "example", "default", "test", "admin", "root", "user", "redis", "guest",
        "letmein",
        "qwerty", "123456", "12345678", "123456789", "password1", "password123", "passw0rd", "admin123", "postgres123",
        "whatsapp", "whatsappapp", "whatsappsaas", "parlor",
    ]

    /// Whether a password is one of them, however it is capitalised and hyphenated.
    static func isKnown(_ password: String) -> Bool {
        known.contains(String(password.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }))
    }
}
