import Basics
import Configuration
import Loop
import TLS

/// A connection to a server of mail.
///
/// States: plain, encrypted, closed. Nothing but the greeting and the wish to encrypt passes it before it is encrypted,
/// unless it leads to this machine and the settings want it so. A server that does not offer to encrypt, or says more than
/// it was asked before it does, is refused: somebody on the way could have taken the offer out, or put words in.
final class SMTPConnection {
    private let loop: EventLoop
    private let deadline: ContinuousClock.Instant
    private var stream: any ByteStream
    private var reader = SMTPReplyReader()
    private(set) var isEncrypted = false
    private(set) var capabilities = SMTPCapabilities(SMTPReply(code: 250, lines: []))

    private init(_ stream: any ByteStream, on loop: EventLoop, until deadline: ContinuousClock.Instant) {
        self.stream = stream
        self.loop = loop
        self.deadline = deadline
    }

    deinit { close() }

    /// Connects, encrypts as the settings say, and says who this is.
    static func open(_ place: SMTPPlace, on loop: EventLoop, until deadline: ContinuousClock.Instant) async throws
        -> SMTPConnection
    {
        let socket = try await Socket.connect(
            toHost: place.host, port: place.port, within: loop.now.duration(to: deadline), on: loop)
        let connection = SMTPConnection(socket, on: loop, until: deadline)
        switch place.encryption {
        case .tls: try await connection.encrypt(socket, place)
        case .none: try connection.requireThisMachine()
        case .starttls: break
        }
        let greeting = try await connection.reply()
        try connection.expectSuccess("the connection", greeting)
        try await connection.introduce(as: place.ownName)
        if place.encryption == .starttls { try await connection.startEncryption(socket, place) }
        return connection
    }

    /// Ends it without a farewell.
    func close() { stream.close() }

    /// Says that this was all. How it is taken does not matter any more, so nobody waits for long.
    func sayFarewell() async {
        let stream = stream
        try? await stream.within(min(remaining, .seconds(1)), "the farewell") {
            try await stream.write(Array("QUIT\r\n".utf8))
            var bytes: [UInt8] = []
            _ = try await stream.read(appendingTo: &bytes)
        }
    }

    // MARK: - Encryption

    private func startEncryption(_ socket: Socket, _ place: SMTPPlace) async throws {
        guard capabilities.offersEncryption else {
            throw DeliveryFault(
                "it does not offer to encrypt",
                hint: "Set notifications.email.encryption to tls if the server encrypts from the first byte.")
        }
        try await perform("STARTTLS", "the wish to encrypt")
        guard reader.isEmpty else { throw DeliveryFault("it said more than it was asked before it encrypted") }
        try await encrypt(socket, place)
        // What it said before could be anybody's.
        try await introduce(as: place.ownName)
    }

    private func encrypt(_ socket: Socket, _ place: SMTPPlace) async throws {
        guard let tls = place.tls else { throw DeliveryFault("there is nothing to encrypt with") }
        stream = try await tls.connect(over: socket, host: place.host, within: remaining)
        isEncrypted = true
    }

    private func requireThisMachine() throws {
        guard case .tcp(let host, _) = stream.peer, host.hasPrefix("127.") || host == "::1" || host == "localhost"
        else {
            throw DeliveryFault(
                "it is not on this machine, and nothing goes there without encryption",
                hint: "Set notifications.email.encryption to starttls or tls.")
        }
    }

    // MARK: - Talking

    private var remaining: Duration { max(.zero, loop.now.duration(to: deadline)) }

    private func introduce(as name: String) async throws {
        capabilities = SMTPCapabilities(try await perform("EHLO \(name)", "the introduction"))
    }

    /// Says a line that must be answered with success; `what` is what people call it.
    @discardableResult
    func perform(_ line: String, _ what: String, hint: String? = nil) async throws -> SMTPReply {
        let reply = try await say(line)
        try expectSuccess(what, reply, hint: hint)
        return reply
    }

    /// Says a line; what is answered.
    func say(_ line: String) async throws -> SMTPReply {
        precondition(line.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a command is one line of plain text")
        return try await send(Array("\(line)\r\n".utf8))
    }

    /// Sends bytes; what is answered.
    func send(_ bytes: [UInt8]) async throws -> SMTPReply {
        try await stream.within(remaining, "sending") { try await stream.write(bytes) }
        return try await reply()
    }

    private func reply() async throws -> SMTPReply {
        while true {
            if let reply = try reader.next() { return reply }
            var bytes: [UInt8] = []
            let count = try await stream.within(remaining, "an answer") { try await stream.read(appendingTo: &bytes) }
            guard count > 0 else { throw DeliveryFault("it ended the connection", isPassing: true) }
            reader.take(bytes)
        }
    }

    private func expectSuccess(_ what: String, _ reply: SMTPReply, hint: String? = nil) throws {
        guard !reply.isSuccess else { return }
        throw DeliveryFault(refusing: what, reply, hint: hint)
    }
}

extension DeliveryFault {
    /// A reply that is no success. The server's words are left out: they may quote what it was told.
    init(refusing what: String, _ reply: SMTPReply, hint: String? = nil) {
        let isPassing = reply.code / 100 == 4
        self.init("it answered \(reply.status) to \(what)", hint: isPassing ? nil : hint, isPassing: isPassing)
    }
}

/// Where a server of mail is, and how one gets there.
struct SMTPPlace: Sendable {
    var host: String
    var port: Int
    var encryption: Configuration.Notifications.Email.Encryption
    /// Nil where nothing is encrypted.
    var tls: TLSClient?
    /// What this machine says that it is called.
    var ownName: String
}
