import Basics
import HTTP
import HTTPTestSupport
import Loop
import Testing

@Suite struct HTTPSecuringTests {
    @Test("A server speaks over the stream that its hook makes of a socket")
    func secured() async throws {
        try await withHTTPServer(secure: { ScrambledStream($0) }, { .text("<\($0.path)>") }) { server, loop in
            let stream = ScrambledStream(try await Socket.connect(to: server.address, within: .seconds(10), on: loop))
            defer { stream.close() }
            try await stream.write(Array("GET /over HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
            var answer: [UInt8] = []
            while try await stream.read(appendingTo: &answer) > 0 {}
            #expect(String(decoding: answer, as: UTF8.self).hasSuffix("\r\n\r\n</over>"))
        }
    }

    @Test(
        "A handshake that fails, or does not come to its end, ends the connection without a word",
        arguments: [true, false])
    func failing(fails: Bool) async throws {
        var limits = HTTPServerLimits()
        limits.head = .milliseconds(20)
        try await withHTTPServer(
            limits: limits,
            secure: { socket in
                if fails { throw ParlorError(.protocolViolation, "that was no greeting") }
                var greeting: [UInt8] = []
                while true { _ = try await socket.read(appendingTo: &greeting) }
            }, { _ in .text("never") }
        ) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            let answer = try await connection.rest()
            #expect(answer == "")
        }
    }
}

/// One connection too many is not worth a handshake.
@Suite struct HTTPSecuredPlacesTests {
    @Test("A connection too many is closed without a word, and its place is not lost")
    func tooMany() async throws {
        var limits = HTTPServerLimits()
        (limits.connections, limits.refusals) = (1, 1)
        try await withHTTPServer(limits: limits, secure: { ScrambledStream($0) }, { _ in .text("ok") }) {
            server, loop in
            func get() async throws -> String {
                let stream = ScrambledStream(
                    try await Socket.connect(to: server.address, within: .seconds(10), on: loop))
                defer { stream.close() }
                var answer: [UInt8] = []
                try? await stream.write(Array("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
                while let count = try? await stream.read(appendingTo: &answer), count > 0 {}
                return String(decoding: answer, as: UTF8.self)
            }
            let first = ScrambledStream(try await Socket.connect(to: server.address, within: .seconds(10), on: loop))
            try await first.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            var head: [UInt8] = []
            _ = try await first.read(appendingTo: &head)
            for _ in 0..<3 {
                let answer = try await get()
                #expect(answer == "")
            }
            first.finishWriting()
            while try await first.read(appendingTo: &head) > 0 {}
            first.close()
            let answer = try await get()
            #expect(answer.hasSuffix("ok"))
        }
    }
}

/// A stream that changes every byte on its way.
private final class ScrambledStream: ByteStream {
    private let socket: Socket

    init(_ socket: Socket) { self.socket = socket }

    var peer: SocketAddress { socket.peer }

    func read(appendingTo buffer: inout [UInt8], atMost limit: Int) async throws -> Int {
        var bytes: [UInt8] = []
        let count = try await socket.read(appendingTo: &bytes, atMost: limit)
        buffer += bytes.map { $0 ^ 0x55 }
        return count
    }

    func write(_ bytes: [UInt8]) async throws { try await socket.write(bytes.map { $0 ^ 0x55 }) }

    func within<Result>(
        _ limit: Duration, _ what: @autoclosure () -> String, _ body: () async throws -> Result
    ) async throws -> Result {
        try await socket.within(limit, what(), body)
    }

    var abort: @Sendable (any Error) -> Void { socket.abort }

    func onHangUp(_ action: @escaping @Sendable () -> Void) { socket.onHangUp(action) }

    func finishWriting() { socket.finishWriting() }

    func close() { socket.close() }
}
