/// Messages as bytes.
enum HTTPWriter {
    private static let framing = ["Content-Length", "Transfer-Encoding", "Connection"]

    /// A response to a request with `method`. One that cannot be sent becomes a 500, whatever made it.
    static func bytes(
        _ response: HTTPResponse, to method: HTTPMethod?, version: HTTPVersion = .http11, keepsAlive: Bool, date: String
    ) -> [UInt8] {
        guard isSendable(response) else {
            let broken = HTTPResponse.problem(.internalServerError)
            return bytes(broken, to: method, version: version, keepsAlive: keepsAlive, date: date)
        }
        var head = "HTTP/1.1 \(response.status.code) \(response.status.reason)\r\n"
        if response.headers["Date"] == nil { head += "Date: \(date)\r\n" }
        append(response.headers, to: &head)
        // A 304 would have to tell the length of another response, so it tells none.
        if response.status.allowsBody { head += "Content-Length: \(response.body.count)\r\n" }
        if !keepsAlive {
            head += "Connection: close\r\n"
        } else if version == .http10 {
            head += "Connection: keep-alive\r\n"
        }
        let hasBody = response.status.allowsBody && method != .head
        return message(head, hasBody ? response.body : [])
    }

    /// A request for `host`, with a length when it has a body or its method usually has one.
    static func bytes(_ request: HTTPRequest, host: String) -> [UInt8] {
        var head = "\(request.method) \(request.target) \(request.version.rawValue)\r\n"
        if request.headers["Host"] == nil { head += "Host: \(host)\r\n" }
        append(request.headers, to: &head)
        if !request.body.isEmpty || [.post, .put, .patch].contains(request.method) {
            head += "Content-Length: \(request.body.count)\r\n"
        }
        return message(head + "Connection: close\r\n", request.body)
    }

    private static func append(_ headers: HTTPHeaders, to head: inout String) {
        for field in headers.fields where !framing.contains(where: field.isNamed) {
            head += "\(field.name): \(field.value)\r\n"
        }
    }

    private static func message(_ head: String, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head.utf8.count + 2 + body.count)
        bytes += head.utf8
        bytes += "\r\n".utf8
        bytes += body
        return bytes
    }

    /// Whether a final response can be written so that it is read as what it is.
    private static func isSendable(_ response: HTTPResponse) -> Bool {
        (200...599).contains(response.status.code) && response.headers.fields.allSatisfy(\.isValid)
    }
}
