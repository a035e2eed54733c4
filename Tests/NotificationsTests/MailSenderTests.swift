import Basics
import Configuration
import Loop
import TLSTestSupport
import TestSupport
import Testing

@testable import Notifications

/// Messages on their way to a server of mail over real connections.
@Suite struct MailSenderTests {
    private typealias Settings = Configuration.Notifications

    /// What a test begins with.
    private struct Place: Sendable {
        let server: MailServer
        let settings: Settings
        let loop: EventLoop

        /// What becomes of a message.
        func send(
            _ change: (inout Settings) -> Void = { _ in }, _ policy: DeliveryPolicy = .quick
        ) async throws -> Delivery {
            var settings = settings
            change(&settings)
            let notifier = try Notifier(settings, source: "host1", on: loop, policy)
            let notice = Notice(.warning, key: "k", "the disk is full", text: "Make room.\n.\nNow.")
            return try #require(await notifier.send(Telling(notice, over: [.email])).first)
        }
    }

    private func withServer(
        isEncryptedAtOnce: Bool = false, offer: String = "AUTH PLAIN LOGIN", certificateFor name: String = "localhost",
        script: @escaping MailServer.Script = { _, _ in nil },
        _ body: @escaping @Sendable (Place) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let authority = try TestAuthority(in: folder)
            let identity = try authority.issue(for: [name])
            var settings = Settings()
            settings.email.to = "ops@b.example, boss@b.example"
            settings.email.from = "parlor@a.example"
            settings.email.server = "localhost"
            settings.email.authority = authority.certificateFile
            settings.email.encryption = isEncryptedAtOnce ? .tls : .starttls
            let base = settings
            try await EventLoop.onThread { loop in
                let server = try MailServer(
                    identity, isEncryptedAtOnce: isEncryptedAtOnce, offer: offer, on: loop, script)
                try await server.run {
                    var settings = base
                    settings.email.port = server.port
                    try await body(Place(server: server, settings: settings, loop: loop))
                }
            }
        }
    }

    @Test("A message arrives whole, and everything but the wish to encrypt is encrypted", arguments: [true, false])
    func arrives(isEncryptedAtOnce: Bool) async throws {
        try await withServer(isEncryptedAtOnce: isEncryptedAtOnce) { place in
            let delivery = try await place.send()
            #expect(delivery.fault == nil && delivery.attempts == 1)
            let first = isEncryptedAtOnce ? [] : ["plain EHLO host1", "plain STARTTLS"]
            #expect(
                place.server.lines.prefix(first.count + 5) == first[...] + [
                    "tls EHLO host1", "tls MAIL FROM:<parlor@a.example>", "tls RCPT TO:<ops@b.example>",
                    "tls RCPT TO:<boss@b.example>", "tls DATA",
                ])
            #expect(place.server.messages.first?.contains("\n\nthe disk is full\n\nMake room.\n.\nNow.\n\n") == true)
        }
    }

    @Test(
        "Whoever has an account signs in, in the way that the server offers",
        arguments: [
            ("AUTH LOGIN PLAIN", ["tls AUTH PLAIN AG1lAHPDpHNhbWU="]),
            ("AUTH LOGIN", ["tls AUTH LOGIN", "tls bWU=", "tls c8Okc2FtZQ=="]),
        ])
    func signedIn(offer: String, expected: [String]) async throws {
        try await withServer(offer: offer) { place in
            let delivery = try await place.send {
                $0.email.user = "me"
                $0.email.password = Secret("säsame")
            }
            #expect(delivery.fault == nil)
            #expect(place.server.lines.dropFirst(3).prefix(expected.count) == expected[...])
        }
    }

    @Test("A server that lets nobody sign in gets no password")
    func noSignIn() async throws {
        try await withServer(offer: "SIZE 100") { place in
            let delivery = try await place.send {
                ($0.email.user, $0.email.password) = ("me", Secret("sesame"))
            }
            #expect(delivery.fault?.reason == "it does not let anybody sign in with a password")
            #expect(place.server.messages.isEmpty)
        }
    }

    @Test("Somebody on the way who takes out the offer to encrypt gets nothing")
    func stripped() async throws {
        try await withServer(
            script: { line, _ in line.hasPrefix("EHLO") ? .say("250-mail.example\r\n250 AUTH PLAIN") : nil }
        ) { place in
            let delivery = try await place.send {
                ($0.email.user, $0.email.password) = ("me", Secret("sesame"))
            }
            #expect(delivery.fault?.reason == "it does not offer to encrypt")
            #expect(delivery.attempts == 1 && place.server.lines == ["plain EHLO host1"])
        }
    }

    @Test("Words that somebody on the way puts before the encryption are not taken for the server's")
    func injected() async throws {
        try await withServer(
            script: { line, _ in line == "STARTTLS" ? .say("220 go ahead\r\n250-mail.example\r\n250 AUTH PLAIN") : nil }
        ) { place in
            let delivery = try await place.send()
            #expect(delivery.fault?.reason == "it said more than it was asked before it encrypted")
            #expect(place.server.lines == ["plain EHLO host1", "plain STARTTLS"])
        }
    }

    @Test("A certificate of somebody else's, or for another name, is refused", arguments: [true, false])
    func stranger(isAuthority: Bool) async throws {
        try await withServer(certificateFor: isAuthority ? "localhost" : "elsewhere.example") { place in
            let delivery = try await place.send { if isAuthority { $0.email.authority = nil } }
            let words = isAuthority ? "not trusted here" : "does not name"
            #expect(delivery.fault?.reason.contains(words) == true)
            #expect(delivery.attempts == 1)
            #expect(place.server.lines.allSatisfy { $0.hasPrefix("plain") && !$0.contains("MAIL") })
        }
    }

    @Test(
        "A refusal for good is told with its numbers, and not tried again",
        arguments: [
            ("", "554 5.3.2 no", "it answered 554 5.3.2 to the connection"),
            ("MAIL", "550 5.7.1 secret-word", "it answered 550 5.7.1 to the sender"),
            ("RCPT", "550 5.1.1 secret-word", "it answered 550 5.1.1 to every recipient"),
            ("DATA", "554 no", "it answered 554 to the wish to send"),
            (".", "554 5.6.0 spam", "it answered 554 5.6.0 to the message"),
            ("EHLO", "502 what?", "it answered 502 to the introduction"),
        ])
    func refused(line: String, answer: String, reason: String) async throws {
        try await withServer(
            script: { said, _ in (line.isEmpty ? said.isEmpty : said.hasPrefix(line)) ? .say(answer) : nil }
        ) { place in
            let delivery = try await place.send()
            #expect(delivery.fault?.reason == reason && delivery.attempts == 1 && !delivery.hasArrived)
        }
    }

    @Test("A refusal for now is tried again, until the message is taken", arguments: ["", "MAIL", "RCPT", "DATA", "."])
    func again(line: String) async throws {
        try await withServer(
            script: { said, connection in
                connection < 3 && (line.isEmpty ? said.isEmpty : said.hasPrefix(line)) ? .say("451 4.3.0 later") : nil
            }
        ) { place in
            let delivery = try await place.send()
            #expect(delivery.fault == nil && delivery.attempts == 3 && place.server.connectionCount == 3)
            let names = Set(
                place.server.messages.flatMap { $0.split(separator: "\n").filter { $0.hasPrefix("Message-ID") } })
            #expect(names.count == 1)
        }
    }

    @Test("When the server knows only some of the recipients, the others get the message and the fault says so")
    func partly() async throws {
        try await withServer(script: { line, _ in line == "RCPT TO:<boss@b.example>" ? .say("550 5.1.1 who?") : nil }) {
            place in
            let delivery = try await place.send()
            #expect(delivery.fault?.reason == "it answered 550 5.1.1 to 1 of 2 recipients; the others have the message")
            #expect(delivery.hasArrived && place.server.messages.count == 1 && delivery.attempts == 1)
        }
    }

    @Test("A server that hangs or cuts is given up and tried again", arguments: ["", "EHLO", "MAIL", "DATA", "."])
    func broken(line: String) async throws {
        for reaction in [MailServer.Reaction.hang, .cut] {
            try await withServer(
                script: { said, connection in
                    connection == 1 && (line.isEmpty ? said.isEmpty : said.hasPrefix(line)) ? reaction : nil
                }
            ) { place in
                var policy = DeliveryPolicy.quick
                if case .hang = reaction { policy.attemptLimit = .milliseconds(300) }
                policy.attemptsMax = 10
                let delivery = try await place.send({ _ in }, policy)
                #expect(delivery.fault == nil && delivery.attempts > 1)
            }
        }
    }

    @Test("Without encryption nothing goes anywhere but to this machine, and no password does")
    func unencrypted() async throws {
        try await withServer(offer: "") { place in
            let local = try await place.send { $0.email.encryption = .none }
            #expect(local.fault == nil && place.server.messages.count == 1)
            let signedIn = try await place.send {
                $0.email.encryption = .none
                ($0.email.user, $0.email.password) = ("me", Secret("sesame"))
            }
            #expect(signedIn.fault?.reason == "a password is not sent without encryption")
            #expect(!place.server.lines.contains { $0.contains("AUTH") })
        }
    }

    @Test("A server that is not there, or has no name, is told by what is wrong with it")
    func absent() async throws {
        try await withServer { place in
            let delivery = try await place.send { $0.email.port = 1 }
            #expect(delivery.fault?.reason.contains("connection refused") == true && delivery.attempts == 3)
            let nameless = try await place.send { $0.email.server = "nobody.invalid" }
            #expect(nameless.fault?.reason.hasPrefix("its name has no address") == true)
        }
    }
}

extension DeliveryPolicy {
    /// Without long waits, and with enough time for a busy machine.
    static var quick: DeliveryPolicy {
        var policy = DeliveryPolicy()
        policy.firstPause = .milliseconds(1)
        policy.attemptLimit = .seconds(30)
        return policy
    }
}
