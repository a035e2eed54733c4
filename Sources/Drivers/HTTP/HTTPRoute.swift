/// A line of a route table.
public struct HTTPRoute: Sendable {
    /// What a route answers: the part of it that can be compared, listed and used as a label.
    public struct Identity: Hashable, Sendable, CustomStringConvertible {
        /// The method.
        public let method: HTTPMethod
        /// The paths.
        public let pattern: HTTPRoutePattern
        /// What it does, in a few words for the list of routes.
        public let summary: String

        /// Method and pattern, like `GET /v1/salons/{id}`.
        public var description: String { "\(method) \(pattern)" }
    }

    /// Answers a request of the route. What it throws becomes a problem document: an `HTTPProblem` itself, all else a
    /// 500.
    public typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

    /// What it answers.
    public let identity: Identity
    let handler: Handler
}
