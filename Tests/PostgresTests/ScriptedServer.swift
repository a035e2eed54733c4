import Basics
import Loop
import Postgres

/// A listener that says what a test wants it to say, for what a real server cannot be made to do.
struct ScriptedServer {
    private let listener: Listener

    init(on loop: EventLoop) throws { listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop) }

    func close() { listener.close() }

    /// Options that lead to it.
    var options: ConnectionOptions {
        guard case .tcp(let host, let port) = listener.address else { preconditionFailure("it listens on a port") }
        return ConnectionOptions(host: host, port: port, database: "salon", user: "ada", sslMode: .disable)
    }

    /// The next connection.
    func accept() async throws -> Socket { try await listener.accept() }

    /// The next connection, after its first message was read.
    func greet(with answer: [UInt8]) async throws -> Socket {
        let socket = try await listener.accept()
        var greeting: [UInt8] = []
        _ = try await socket.read(appendingTo: &greeting)
        try await socket.write(answer)
        return socket
    }

    /// "You are in, and I am ready."
    static let welcome = message("R", [0, 0, 0, 0]) + message("Z", Array("I".utf8))

    /// An error as the protocol has it.
    static func error(_ severity: String, _ code: String, _ text: String) -> [UInt8] {
        message("E", Array("S\(severity)\0V\(severity)\0C\(code)\0M\(text)\0\0".utf8))
    }

    static func message(_ kind: Unicode.Scalar, _ body: [UInt8]) -> [UInt8] {
        let length = UInt32(body.count + 4).bigEndian
        return [UInt8(ascii: kind)] + withUnsafeBytes(of: length) { Array($0) } + body
    }
}
