import Basics
import HTTP
import Loop

extension HTTPTestExchange {
    /// Speaks WebSocket with a handler over memory; gives back the response.
    static func speak(
        with handler: @escaping HTTPServer.Handler, _ request: HTTPRequest, on loop: EventLoop,
        limits: WebSocketLimits, answered: @escaping @Sendable (HTTPResponse) -> Void,
        _ speak: @escaping WebSocket.Handler
    ) async throws -> HTTPResponse {
        let response = await handler(request)
        answered(response)
        guard let upgrade = response.upgrade else { return response }
        let (near, far) = MemoryStream.pair()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // What went wrong on the far side is the far side's to report.
                try? await upgrade.speak(far.stream, [], loop)
                far.stream.close()
            }
            try await WebSocket(clientOver: near.stream, limits: limits, on: loop).run(early: [], speak)
            near.stream.close()
            try await group.waitForAll()
        }
        return response
    }

    /// Sends the request, and reads the head of the response byte by byte, because what follows is something else.
    static func shakeHands(over stream: any ByteStream, _ request: HTTPRequest) async throws -> HTTPResponse {
        var head = "\(request.method) \(request.target) HTTP/1.1\r\n"
        for field in request.headers.fields { head += "\(field.name): \(field.value)\r\n" }
        try await stream.write(Array("\(head)\r\n".utf8))
        var bytes: [UInt8] = []
        try await stream.within(.seconds(30), "the answer to a handshake") {
            while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                guard try await stream.read(appendingTo: &bytes, atMost: 1) > 0 else {
                    throw ParlorError(.connection, "there was no answer to a handshake")
                }
            }
        }
        return response(String(decoding: bytes, as: UTF8.self))
    }

    private static func response(_ head: String) -> HTTPResponse {
        let lines = head.split(separator: "\r\n")
        var response = HTTPResponse(HTTPStatus(Int(lines[0].dropFirst(9).prefix(3)) ?? 0))
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            response.headers.append(String(parts[0]), String(parts[1].drop { $0 == " " }))
        }
        return response
    }
}
