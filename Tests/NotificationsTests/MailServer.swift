import Basics
import Loop
import TLS

/// A server of mail that does what a test wants of it, and remembers what it was told.
final class MailServer: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only: it accepts and answers there.

    /// What it does instead of the usual answer.
    enum Reaction: Sendable {
        case say(String)
        case hang
        case cut
    }

    /// Decides by a line of the client and the number of the connection; nil for the usual answer.
    typealias Script = @Sendable (_ line: String, _ connection: Int) -> Reaction?

    private let listener: Listener
    private let loop: EventLoop
    private let tls: TLSServer
    private let isEncryptedAtOnce: Bool
    private let script: Script
    /// What it offers once the connection is encrypted.
    private let offer: String
    private(set) var connectionCount = 0
    /// What it was told, each line behind `tls` or `plain`.
    private(set) var lines: [String] = []
    /// The messages that it has taken, as they came.
    private(set) var messages: [String] = []

    var port: Int { if case .tcp(_, let port) = listener.address { port } else { 0 } }

    init(
        _ identity: TLSIdentity, isEncryptedAtOnce: Bool = false, offer: String = "AUTH PLAIN LOGIN",
        on loop: EventLoop,
        _ script: @escaping Script = { _, _ in nil }
    ) throws {
        self.loop = loop
        self.isEncryptedAtOnce = isEncryptedAtOnce
        self.offer = offer
        self.script = script
        tls = try TLSServer(TLSServerOptions(identity: identity, allowsTruncation: true))
        listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
    }

    /// Serves while `body` runs.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await self.accept() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    private func accept() async {
        defer { listener.close() }
        await withDiscardingTaskGroup { group in
            while let socket = try? await listener.accept() {
                connectionCount += 1
                let visit = Visit(self, socket, connectionCount)
                group.addTask { await visit.serve() }
            }
            group.cancelAll()
        }
    }

    /// One connection.
    private final class Visit: @unchecked Sendable {
        // Guard of @unchecked Sendable: loop only, as the connection that it holds.
        private let server: MailServer
        private let socket: Socket
        private let number: Int
        private var stream: any ByteStream
        private var buffer: [UInt8] = []
        private var isEncrypted = false

        init(_ server: MailServer, _ socket: Socket, _ number: Int) {
            self.server = server
            self.socket = socket
            self.number = number
            stream = socket
        }

        func serve() async {
            defer { stream.close() }
            do {
                if server.isEncryptedAtOnce { try await encrypt() }
                guard try await react(to: "", usually: "220 mail.example ready") else { return }
                while let line = try await line() {
                    server.lines.append("\(isEncrypted ? "tls" : "plain") \(line)")
                    guard try await react(to: line, usually: usual(line)) else { return }
                    if line == "STARTTLS", !isEncrypted { try await encrypt() }
                    if line == "DATA" { try await takeMessage() }
                }
            } catch {
                // The client has gone, which its own side of the test tells.
            }
        }

        private func usual(_ line: String) -> String {
            switch line.split(separator: " ").first.map({ String($0) }) {
            case "EHLO": isEncrypted ? "250-mail.example\r\n250 \(server.offer)" : "250-mail.example\r\n250 STARTTLS"
            case "STARTTLS": "220 go ahead"
            case "AUTH": line == "AUTH LOGIN" ? "334 VXNlcm5hbWU6" : "235 2.7.0 welcome"
            case "DATA": "354 go on"
            case "QUIT": "221 bye"
            // What is said after AUTH LOGIN: first the user, then the password.
            case let word? where word.hasSuffix("="):
                server.lines.count { $0.hasSuffix("=") } == 1 ? "334 UGFz" : "235 ok"
            default: "250 2.0.0 well"
            }
        }

        /// Whether to go on.
        private func react(to line: String, usually usual: String) async throws -> Bool {
            switch server.script(line, number) ?? .say(usual) {
            case .say(let text):
                try await stream.write(Array("\(text)\r\n".utf8))
                return true
            case .hang:
                _ = try await self.line()
                return false
            case .cut: return false
            }
        }

        private func takeMessage() async throws {
            var message = ""
            while let line = try await line(), line != "." {
                message += (line.hasPrefix(".") ? String(line.dropFirst()) : line) + "\n"
            }
            // Before the answer, because the client may look as soon as it has that.
            server.messages.append(message)
            if try await !react(to: ".", usually: "250 2.0.0 taken") { throw CancellationError() }
        }

        private func encrypt() async throws {
            stream = try await server.tls.accept(over: socket, within: .seconds(30))
            isEncrypted = true
        }

        private func line() async throws -> String? {
            while true {
                if let end = buffer.firstRange(of: [0x0D, 0x0A]) {
                    defer { buffer.removeSubrange(..<end.upperBound) }
                    return String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                }
                guard try await stream.read(appendingTo: &buffer) > 0 else { return nil }
            }
        }
    }
}
