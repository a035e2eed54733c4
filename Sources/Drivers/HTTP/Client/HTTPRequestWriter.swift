/// The head of a request as bytes.
struct HTTPRequestWriter: Sendable {
    /// How the body is told from what follows it.
    enum Framing: Equatable, Sendable {
        case none
        case counted(Int)
        case chunked
    }

    /// The client's to write, whatever the caller has set.
    private static let framingFields = ["Content-Length", "Transfer-Encoding", "Connection", "Expect"]

    let host: String
    let keepsAlive: Bool
    let awaitsConfirmation: Bool

    /// A request line and the fields, the empty line included.
    func head(_ request: HTTPRequest, _ framing: Framing) -> [UInt8] {
        var head = "\(request.method) \(request.target) HTTP/1.1\r\n"
        if request.headers["Host"] == nil { head += "Host: \(host)\r\n" }
        for field in request.headers.fields where !Self.framingFields.contains(where: field.isNamed) {
            head += "\(field.name): \(field.value)\r\n"
        }
        switch framing {
        case .none: break
        case .counted(let count): head += "Content-Length: \(count)\r\n"
        case .chunked: head += "Transfer-Encoding: chunked\r\n"
        }
        if awaitsConfirmation { head += "Expect: 100-continue\r\n" }
        if !keepsAlive { head += "Connection: close\r\n" }
        return Array((head + "\r\n").utf8)
    }

    /// How the body of a request is framed; one whose method usually has a body always tells its length.
    static func framing(_ request: HTTPRequest, _ upload: HTTPUpload?) -> Framing {
        if let upload { return upload.length.map(Framing.counted) ?? .chunked }
        let isExpected = [.post, .put, .patch].contains(request.method)
        return request.body.isEmpty && !isExpected ? .none : .counted(request.body.count)
    }

    /// One piece of a body that is sent in chunks.
    static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array(String(bytes.count, radix: 16).utf8) + [.carriageReturn, .lineFeed] + bytes + [
            .carriageReturn, .lineFeed,
        ]
    }

    /// What ends a body that is sent in chunks.
    static let lastChunk = Array("0\r\n\r\n".utf8)
}
