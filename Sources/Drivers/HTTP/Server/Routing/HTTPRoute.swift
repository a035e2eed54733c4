public import Basics

/// A line of a route table.
public struct HTTPRoute: Sendable {
    /// What becomes of the bodies of a route's requests.
    public enum Body: Hashable, Sendable {
        /// The handler is called when the whole body is there; without a limit of its own, the server's holds.
        case collected(upTo: ByteCount? = nil)
        /// The handler reads the body as it arrives; without a limit of its own, the server's holds.
        case streamed(upTo: ByteCount? = nil)

        var limit: ByteCount? {
            switch self {
            case .collected(let limit), .streamed(let limit): limit
            }
        }
    }

    /// What a route answers: the part of it that can be compared, listed and used as a label.
    public struct Identity: Hashable, Sendable, CustomStringConvertible {
        /// The method.
        public let method: HTTPMethod
        /// The paths.
        public let pattern: HTTPRoutePattern
        /// What it does, in a few words for the list of routes.
        public let summary: String
        /// How it takes the bodies of its requests.
        public let body: Body

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
