import Basics
import Loop
import Redis
import TLS

/// Attempts at a Redis.
struct CacheTrial: Sendable {
    private let place: HardenedSystem.Place
    private let authority: String
    private let loop: EventLoop

    init(_ place: HardenedSystem.Place, _ system: HardenedSystem, _ loop: EventLoop) {
        self.place = place
        self.loop = loop
        authority = system.authority
    }

    private var address: SocketAddress { .tcp(host: place.host, port: place.port) }

    /// Asks without any encryption.
    func speakPlainly() async -> Attempt {
        do {
            let socket = try await Socket.connect(to: address, within: HardenedSystem.limit, on: loop)
            defer { socket.close() }
            return try await socket.within(HardenedSystem.limit, "the answer of \(place)") {
                try await socket.write(Array("PING\r\n".utf8))
                var answer: [UInt8] = []
                // One that wants encryption may cut the connection off without a word.
                _ = try? await socket.read(appendingTo: &answer, atMost: 64)
                let isWord = answer.first == UInt8(ascii: "+") || answer.first == UInt8(ascii: "-")
                return isWord ? .admitted : .refused("it wants encryption")
            }
        } catch {
            return .unanswered(ParlorError(describing: error).summary)
        }
    }

    /// Sends a command with a password, or none.
    func ping(password: Secret?, _ command: RedisCommand = RedisCommand("PING")) async -> Attempt {
        do {
            let tls = try TLSClient(TLSClientOptions(authorities: .file(authority)))
            let host = place.host
            let transport = RedisTransport.encrypted { address, limit, loop in
                let socket = try await Socket.connect(to: address, within: limit, on: loop)
                return try await tls.connect(over: socket, host: host, within: limit)
            }
            let connection = try await RedisConnection.connect(
                RedisOptions(
                    address, password: password, connectTimeout: HardenedSystem.limit,
                    commandTimeout: HardenedSystem.limit, transport: transport), on: loop)
            defer { connection.closeNow() }
            _ = try await connection.send(command)
            return .admitted
        } catch let error as RedisError where error.kind == .refused || error.kind == .command {
            return .refused(error.explained.summary)
        } catch {
            return .unanswered(ParlorError(describing: error).summary)
        }
    }
}
