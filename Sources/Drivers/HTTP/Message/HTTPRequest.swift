public import Basics
import JSONText
public import Loop

/// A request: its head, and its body, whole or on its way.
///
/// A router collects the body before it calls a route that does not stream it, so most handlers find it in `body`. A
/// handler that streams reads `pieces`; one without a router may call `collect`.
public struct HTTPRequest: Hashable, Sendable {
    /// What it wants done.
    public var method: HTTPMethod
    /// What it is about.
    public var target: HTTPTarget
    /// The version that the client speaks.
    public var version: HTTPVersion
    /// The fields of its head.
    public var headers: HTTPHeaders
    /// The bytes of its body: all of them, or none while they are on their way.
    public var body: [UInt8]
    /// The body on its way; nil when there is none, and when it was collected.
    public var incoming: HTTPIncomingBody?
    /// Who is at the other end of the connection, which is a proxy where one stands between; nil without a connection.
    public var peer: SocketAddress?
    /// The route that was chosen for it; nil before a router has seen it, and when no route fits.
    public var route: HTTPRoute.Identity?
    /// The decoded values of the route's parameters, by their names.
    public var parameters: [String: String] = [:]

    /// A request.
    public init(
        _ method: HTTPMethod, _ target: HTTPTarget, version: HTTPVersion = .http11, headers: HTTPHeaders = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.body = body
    }

    /// The body in pieces, wherever it is: in `body`, or on its way. What is on its way can be read once.
    public var pieces: HTTPBodyPieces { HTTPBodyPieces(incoming.map { .incoming($0) } ?? .whole(body)) }

    /// Waits for the whole body and puts it into `body`; throws the fault that the client will be answered with.
    public mutating func collect() async throws {
        guard let incoming else { return }
        body = try await incoming.collect()
        self.incoming = nil
    }

    /// The path as it was sent.
    public var path: String { target.path }

    /// The first value of that name in the query.
    public func query(_ name: String) -> String? { target.queryItems.first { $0.name == name }?.value }

    /// The first value of that name in the query as a `Value`; nil when there is none, a 400 when it is no `Value`.
    public func query<Value: LosslessStringConvertible>(
        _ name: String, as: Value.Type
    ) throws(HTTPProblem) -> Value? {
        guard let text = query(name) else { return nil }
        guard let value = Value(text) else {
            throw HTTPProblem(.badRequest, "the query's \"\(name)\" has a wrong form")
        }
        return value
    }

    /// The parameter of the route as a `Value`; a 400 when the path holds no `Value` in its place.
    public func parameter<Value: LosslessStringConvertible>(
        _ name: String, as: Value.Type = String.self
    ) throws(HTTPProblem) -> Value {
        // A route that asks for a name its pattern does not have is a mistake of ours, not of the client.
        guard let text = parameters[name] else { throw HTTPProblem(.internalServerError) }
        guard let value = Value(text) else { throw HTTPProblem(.badRequest, "the path's \"\(name)\" has a wrong form") }
        return value
    }

    /// The body as JSON; a 400 that says where it is not.
    public func json() throws(HTTPProblem) -> JSON {
        do throws(JSONFault) { return try JSON(reading: body) } catch {
            throw HTTPProblem(.badRequest, error.explained.description)
        }
    }

    /// Whether the client will send more on this connection.
    var keepsAlive: Bool {
        guard headers.has("Connection") else { return version == .http11 }
        let options = headers.tokens(of: "Connection")
        return version == .http11
            ? !options.contains("close") : options.contains("keep-alive") && !options.contains("close")
    }

    /// Whether the client waits for a sign before it sends the body.
    var expectsContinue: Bool {
        version == .http11 && headers.has("Expect") && headers.tokens(of: "Expect").contains("100-continue")
    }
}
