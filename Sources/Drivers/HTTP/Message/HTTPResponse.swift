public import Basics
import JSONText

/// A response: its head, and its body, whole or as what will write it.
///
/// `Content-Length`, `Transfer-Encoding` and `Connection: keep-alive` are the server's to write; what a handler sets
/// there is left out. `Connection: close` ends the connection after the response.
public struct HTTPResponse: Hashable, Sendable {
    /// How it went.
    public var status: HTTPStatus
    /// The fields of its head.
    public var headers: HTTPHeaders
    /// The bytes of its body, unless `outgoing` writes it.
    public var body: [UInt8]
    /// What writes the body piece by piece, in place of `body`.
    public var outgoing: HTTPOutgoingBody?
    /// What becomes of the connection after a 101; nil for every other response.
    package var upgrade: HTTPUpgrade?

    /// A response.
    public init(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Plain text for people, or of another `type`.
    public static func text(
        _ text: String, status: HTTPStatus = .ok, type: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(status, headers: ["Content-Type": type], body: Array(text.utf8))
    }

    /// A JSON value on one line.
    public static func json(_ value: JSON, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(
            status, headers: ["Content-Type": "application/json"], body: JSONAppender.bytes(of: value))
    }

    /// What went wrong, after RFC 9457.
    public static func problem(_ status: HTTPStatus, _ detail: String? = nil) -> HTTPResponse {
        HTTPProblem(status, detail).response
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    public func json() throws(ParlorError) -> JSON {
        do throws(JSONFault) { return try JSON(reading: body) } catch { throw error.explained }
    }
}
