import Basics
import Digests

/// The request that asks for a WebSocket, and the answer to it (RFC 6455, section 4).
enum WebSocketHandshake {
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The value of `Sec-WebSocket-Accept` for a request; throws the problem when it asks for no WebSocket, or wrongly.
    static func accept(_ request: HTTPRequest) throws(HTTPProblem) -> String {
        let headers = request.headers
        guard request.method == .get, request.version == .http11,
            headers.tokens(of: "Connection").contains("upgrade"),
            headers.tokens(of: "Upgrade").contains("websocket")
        else {
            throw HTTPProblem(.upgradeRequired, "this path speaks WebSocket", headers: ["Upgrade": "websocket"])
        }
        guard headers.values(of: "Sec-WebSocket-Version") == ["13"] else {
            throw HTTPProblem(
                .upgradeRequired, "only version 13 of WebSocket is spoken here",
                headers: ["Upgrade": "websocket", "Sec-WebSocket-Version": "13"])
        }
        let keys = headers.values(of: "Sec-WebSocket-Key")
        guard keys.count == 1, isKey(keys[0]), request.incoming == nil else {
            throw HTTPProblem(.badRequest, "the request for a WebSocket is malformed")
        }
        return answer(to: keys[0])
    }

    /// The answer that proves that a key was understood.
    static func answer(to key: String) -> String { Base64.text(Digest(.sha1, of: "\(key)\(suffix)".utf8).bytes) }

    /// Whether a text is sixteen bytes in Base64.
    private static func isKey(_ text: String) -> Bool {
        text.utf8.count == 24 && text.hasSuffix("==")
            && text.utf8.dropLast(2).allSatisfy {
                $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
            }
    }

    /// Whether a request comes from a page of the host that it goes to, or from no page at all.
    static func isSameOrigin(_ request: HTTPRequest) -> Bool {
        guard let origin = request.headers["Origin"] else { return true }
        guard let host = request.headers["Host"], let scheme = origin.range(of: "://") else { return false }
        return equalIgnoringCase(String(origin[scheme.upperBound...]), host)
    }

    /// The first of the protocols spoken here that the client offers too.
    static func chosen(_ spoken: [String], _ request: HTTPRequest) -> String? {
        let offered = request.headers.values(of: "Sec-WebSocket-Protocol").flatMap {
            $0.split(separator: ",").map { String(trimmed($0)) }
        }
        return spoken.first(where: offered.contains)
    }
}

extension String {
    /// Where a text stands for the first time.
    fileprivate func range(of part: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}
