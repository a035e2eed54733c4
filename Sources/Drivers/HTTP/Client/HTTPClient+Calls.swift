public import Basics
import JSONText
public import Loop

extension HTTPClient {
    /// Asks for `target`, a path with an optional query.
    public func get(
        _ target: String, at address: SocketAddress, headers: HTTPHeaders = [:], within limit: Duration
    ) async throws -> HTTPResponse {
        try await send(HTTPRequest(.get, try HTTPClient.target(target), headers: headers), to: address, within: limit)
    }

    /// Asks an origin for `target`, a path with an optional query.
    public func get(
        _ target: String, at origin: HTTPOrigin, headers: HTTPHeaders = [:], within limit: Duration
    ) async throws -> HTTPResponse {
        try await send(HTTPRequest(.get, try HTTPClient.target(target), headers: headers), to: origin, within: limit)
    }

    /// Hands bytes of a media type over to `target`.
    public func post(
        _ target: String, _ body: [UInt8], type: String, at address: SocketAddress, headers: HTTPHeaders = [:],
        within limit: Duration
    ) async throws -> HTTPResponse {
        let request = try HTTPClient.post(target, body, type, headers)
        return try await send(request, to: address, within: limit)
    }

    /// Hands bytes of a media type over to `target` at an origin.
    public func post(
        _ target: String, _ body: [UInt8], type: String, at origin: HTTPOrigin, headers: HTTPHeaders = [:],
        within limit: Duration
    ) async throws -> HTTPResponse {
        let request = try HTTPClient.post(target, body, type, headers)
        return try await send(request, to: origin, within: limit)
    }

    /// Hands a JSON value over to `target`.
    public func post(
        _ target: String, _ json: JSON, at address: SocketAddress, headers: HTTPHeaders = [:], within limit: Duration
    ) async throws -> HTTPResponse {
        let body = JSONAppender.bytes(of: json)
        return try await post(target, body, type: "application/json", at: address, headers: headers, within: limit)
    }

    private static func post(
        _ target: String, _ body: [UInt8], _ type: String, _ headers: HTTPHeaders
    ) throws(ParlorError) -> HTTPRequest {
        var request = HTTPRequest(.post, try HTTPClient.target(target), headers: headers, body: body)
        request.headers["Content-Type"] = type
        return request
    }

    private static func target(_ text: String) throws(ParlorError) -> HTTPTarget {
        guard let target = HTTPTarget(text) else {
            throw ParlorError(
                .malformed, "a request cannot be sent", why: "its target is not a path with an optional query",
                hint: "Begin the target with a slash and escape what is not plain text in it.", detail: text)
        }
        return target
    }
}
