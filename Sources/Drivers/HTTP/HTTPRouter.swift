/// A table of routes, and the middleware around them.
///
/// The route is chosen first, so that middleware sees it in the request; then each middleware wraps what follows it,
/// the first one outermost, around 404 and 405 too. HEAD is answered by GET where it has no route of its own.
public struct HTTPRouter: Sendable {
    /// Answers a request, or hands it on to `next` and may change what comes back.
    public typealias Middleware = @Sendable (HTTPRequest, _ next: HTTPServer.Handler) async -> HTTPResponse

    private var tree = HTTPRouteTree()
    private var middleware: [Middleware] = []
    /// Every route in the order in which it was added, for listing.
    public private(set) var routes: [HTTPRoute.Identity] = []

    private let report: @Sendable (any Error, HTTPRequest) -> Void

    /// An empty table. `report` hears of every error that ends in a 500 because no route made a problem of it.
    public init(reporting report: @escaping @Sendable (any Error, HTTPRequest) -> Void = { _, _ in }) {
        self.report = report
    }

    /// Adds a route. A second one for the same method and paths stops the program at its start.
    public mutating func add(
        _ method: HTTPMethod, _ pattern: HTTPRoutePattern, _ summary: String, _ handler: @escaping HTTPRoute.Handler
    ) {
        let identity = HTTPRoute.Identity(method: method, pattern: pattern, summary: summary)
        precondition(
            tree.insert(HTTPRoute(identity: identity, handler: handler)), "there is a second route for \(identity)")
        routes.append(identity)
    }

    /// Adds a GET route, which answers HEAD too.
    public mutating func get(
        _ pattern: HTTPRoutePattern, _ summary: String, _ handler: @escaping HTTPRoute.Handler
    ) {
        add(.get, pattern, summary, handler)
    }

    /// Adds a POST route.
    public mutating func post(
        _ pattern: HTTPRoutePattern, _ summary: String, _ handler: @escaping HTTPRoute.Handler
    ) {
        add(.post, pattern, summary, handler)
    }

    /// Wraps every route, inside the middleware that is there already.
    public mutating func wrap(_ middleware: @escaping Middleware) { self.middleware.append(middleware) }

    /// Answers a request.
    public func respond(to request: HTTPRequest) async -> HTTPResponse {
        var request = request
        let endpoint = choose(&request)
        return await pass(request, through: middleware[...], to: endpoint)
    }

    private func pass(
        _ request: HTTPRequest, through rest: ArraySlice<Middleware>, to endpoint: @escaping HTTPServer.Handler
    ) async -> HTTPResponse {
        guard let first = rest.first else { return await endpoint(request) }
        return await first(request) { await pass($0, through: rest.dropFirst(), to: endpoint) }
    }

    /// Finds what answers the request, and writes the route and its parameters into it.
    private func choose(_ request: inout HTTPRequest) -> HTTPServer.Handler {
        if request.target.path == "*" { return HTTPRouter.answer(HTTPResponse(.noContent, headers: allow(allMethods))) }
        guard let match = tree.match(request.target.segments[...]) else {
            return HTTPRouter.answer(.problem(.notFound, "nothing stands at this path"))
        }
        let found = match[request.method] ?? (request.method == .head ? match[.get] : nil)
        guard let (route, parameters) = found else {
            let problem = HTTPProblem(.methodNotAllowed, "this path has no such method", headers: allow(match.methods))
            return HTTPRouter.answer(problem.response)
        }
        request.route = route.identity
        request.parameters = parameters
        return { await run(route.handler, $0) }
    }

    private func run(_ handler: HTTPRoute.Handler, _ request: HTTPRequest) async -> HTTPResponse {
        do {
            return try await handler(request)
        } catch let problem as HTTPProblem {
            return problem.response
        } catch {
            // What went wrong inside is for the operator, not for the client.
            report(error, request)
            return .problem(.internalServerError)
        }
    }

    private static func answer(_ response: HTTPResponse) -> HTTPServer.Handler { { _ in response } }

    private var allMethods: [HTTPMethod] {
        Set(routes.map(\.method)).sorted { $0.rawValue < $1.rawValue }
    }

    private func allow(_ methods: [HTTPMethod]) -> HTTPHeaders {
        var names = methods.map(\.rawValue)
        if methods.contains(.get), !methods.contains(.head) { names.append(HTTPMethod.head.rawValue) }
        return ["Allow": names.sorted().joined(separator: ", ")]
    }
}
