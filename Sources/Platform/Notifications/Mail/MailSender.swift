import Basics
import Configuration
import Digests
import Loop
import TLS

/// Sends messages to mailboxes through the server that the settings name.
struct MailSender: Notifier.Way {
    let channel = NotificationChannel.email
    let secrets: [String]
    private let place: SMTPPlace
    private let loop: EventLoop
    private let sender: MailAddress
    private let recipients: [MailAddress]
    private let account: (user: String, password: Secret)?
    private let source: String

    private init(
        _ place: SMTPPlace, on loop: EventLoop, from sender: MailAddress, to recipients: [MailAddress],
        _ account: (user: String, password: Secret)?, _ source: String
    ) {
        self.place = place
        self.loop = loop
        self.sender = sender
        self.recipients = recipients
        self.account = account
        self.source = source
        secrets = account.map { [$0.password.reveal()] } ?? []
    }

    /// The one that the settings describe, if they do.
    static func all(
        _ settings: Configuration.Notifications.Email, _ source: String, on loop: EventLoop
    ) throws(ParlorError) -> [any Notifier.Way] {
        guard let host = settings.server, !settings.recipients.isEmpty else { return [] }
        guard let sender = settings.from.flatMap({ MailAddress($0) }) else {
            throw ParlorError(
                .configuration, "nobody sends the messages to \(NotificationChannel.email.title)",
                hint: "Set notifications.email.from to an address that the server lets you use.")
        }
        let authorities = settings.authority.map { TLSAuthorities.file($0) } ?? .system
        let encryption = settings.encryption
        let place = SMTPPlace(
            host: host, port: settings.port ?? encryption.usualPort, encryption: encryption,
            tls: encryption == .none ? nil : try TLSClient(TLSClientOptions(authorities: authorities)),
            ownName: MailAddress("parlor@\(source)")?.domain ?? "localhost")
        let account = settings.user.flatMap { user in settings.password.map { (user, $0) } }
        return [MailSender(place, on: loop, from: sender, to: settings.recipients, account, source)]
    }

    func deliver(_ telling: Telling, _ identifier: String, within limit: Duration) async throws {
        let message = MailMessage(telling, from: sender, to: recipients, source: source, identifier)
        let connection = try await SMTPConnection.open(place, on: loop, until: loop.now.advanced(by: limit))
        defer { connection.close() }
        try await signIn(connection)
        let refused = try await address(connection)
        let beginning = try await connection.say("DATA")
        guard beginning.isIntermediate else { throw DeliveryFault(refusing: "the wish to send", beginning) }
        let end = try await connection.send(message.transmission)
        guard end.isSuccess else { throw DeliveryFault(refusing: "the message", end) }
        await connection.sayFarewell()
        if let refused { throw refused }
    }

    private func signIn(_ connection: SMTPConnection) async throws {
        guard let account else { return }
        guard connection.isEncrypted else { throw DeliveryFault("a password is not sent without encryption") }
        let hint = "Check notifications.email.user and notifications.email.password."
        let (user, password) = (Array(account.user.utf8), Array(account.password.reveal().utf8))
        if connection.capabilities.mechanisms.contains("PLAIN") {
            let words = Base64.text([0] + user + [0] + password)
            try await connection.perform("AUTH PLAIN \(words)", "the sign-in", hint: hint)
        } else if connection.capabilities.mechanisms.contains("LOGIN") {
            for line in ["AUTH LOGIN", Base64.text(user)] {
                let reply = try await connection.say(line)
                guard reply.isIntermediate else { throw DeliveryFault(refusing: "the sign-in", reply, hint: hint) }
            }
            try await connection.perform(Base64.text(password), "the sign-in", hint: hint)
        } else {
            throw DeliveryFault(
                "it does not let anybody sign in with a password",
                hint: "Leave notifications.email.user out, or use the server's port for sending.")
        }
    }

    /// Says who sends to whom. Who is refused does not keep the message from the others; the fault says so then.
    private func address(_ connection: SMTPConnection) async throws -> DeliveryFault? {
        try await connection.perform(
            "MAIL FROM:<\(sender)>", "the sender",
            hint: "Set notifications.email.from to an address that the server lets you use.")
        var refusals: [SMTPReply] = []
        for recipient in recipients {
            let reply = try await connection.say("RCPT TO:<\(recipient)>")
            if !reply.isSuccess { refusals.append(reply) }
        }
        guard let first = refusals.first else { return nil }
        let hint = "Check notifications.email.to."
        guard refusals.count < recipients.count else {
            throw DeliveryFault(refusing: "every recipient", first, hint: hint)
        }
        let count = "\(refusals.count) of \(recipients.count) recipients"
        var fault = DeliveryFault(
            "it answered \(first.status) to \(count); the others have the message", hint: hint)
        fault.isPartial = true
        return fault
    }
}
