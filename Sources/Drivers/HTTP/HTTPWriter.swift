/// Requests as bytes.
enum HTTPWriter {
    private static let framing = ["Content-Length", "Transfer-Encoding", "Connection"]

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
}
