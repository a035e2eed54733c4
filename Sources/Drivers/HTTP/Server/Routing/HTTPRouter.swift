/// A table of routes, and the middleware around them.
///
/// The route is chosen first, so that middleware sees it in the request; then each middleware wraps what follows it,
/// the first one outermost, around 404 and 405 too. The body is collected behind the middleware, so that what a
/// middleware refuses is not even read. HEAD is answered by GET where it has no route of its own.
///
/// A segment that is no value of a typed parameter is a 404: there cannot be anything at that path.
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
        _ method: HTTPMethod, _ pattern: HTTPRoutePattern, _ summary: String, body: HTTPRoute.Body = .collected(),
        _ handler: @escaping HTTPRoute.Handler
    ) {
        let identity = HTTPRoute.Identity(method: method, pattern: pattern, summary: summary, body: body)
        precondition(
            tree.insert(HTTPRoute(identity: identity, handler: handler)), "there is a second route for \(identity)")
        routes.append(identity)
    }

    /// Adds a GET route, which answers HEAD too.
    public mutating func get(
        _ pattern: HTTPRoutePattern, _ summary: String, body: HTTPRoute.Body = .collected(),
        _ handler: @escaping HTTPRoute.Handler
    ) {
        add(.get, pattern, summary, body: body, handler)
    }

    /// Adds a POST route.
    public mutating func post(
        _ pattern: HTTPRoutePattern, _ summary: String, body: HTTPRoute.Body = .collected(),
        _ handler: @escaping HTTPRoute.Handler
    ) {
        add(.post, pattern, summary, body: body, handler)
    }

    /// Adds a PUT route.
    public mutating func put(
        _ pattern: HTTPRoutePattern, _ summary: String, body: HTTPRoute.Body = .collected(),
        _ handler: @escaping HTTPRoute.Handler
    ) {
        add(.put, pattern, summary, body: body, handler)
    }

    /// Adds a PATCH route.
    public mutating func patch(
        _ pattern: HTTPRoutePattern, _ summary: String, body: HTTPRoute.Body = .collected(),
        _ handler: @escaping HTTPRoute.Handler
    ) {
        add(.patch, pattern, summary, body: body, handler)
    }

    /// Adds a DELETE route.
    public mutating func delete(
        _ pattern: HTTPRoutePattern, _ summary: String, body: HTTPRoute.Body = .collected(),
        _ handler: @escaping HTTPRoute.Handler
    ) {
        add(.delete, pattern, summary, body: body, handler)
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
        guard let match = tree.match(request.target) else {
            return HTTPRouter.answer(.problem(.notFound, "nothing stands at this path"))
        }
        let found = match[request.method] ?? (request.method == .head ? match[.get] : nil)
        guard let (route, parameters) = found else {
            let problem = HTTPProblem(.methodNotAllowed, "this path has no such method", headers: allow(match.methods))
            return HTTPRouter.answer(problem.response)
        }
        request.route = route.identity
        request.parameters = parameters
        return { await run(route, $0) }
    }

    private func run(_ route: HTTPRoute, _ request: HTTPRequest) async -> HTTPResponse {
        do {
            let response = try await handle(request, by: route)
            return response.outgoing == nil && response.upgrade == nil ? response : watched(response, to: request)
        } catch let problem as HTTPProblem {
            return problem.response
        } catch let fault as HTTPFault {
            return .problem(fault.status, fault.reason)
        } catch is HTTPClientGone {
            return .problem(.clientClosedRequest)
        } catch is CancellationError where Task.isCancelled {
            return .problem(.clientClosedRequest)
        } catch {
            // What went wrong inside is for the operator, not for the client.
            report(error, request)
            return .problem(.internalServerError)
        }
    }

    private func handle(_ request: HTTPRequest, by route: HTTPRoute) async throws -> HTTPResponse {
        guard let incoming = request.incoming else { return try await route.handler(request) }
        if let limit = route.identity.body.limit { incoming.limit = limit }
        guard case .collected = route.identity.body else { return try await route.handler(request) }
        var request = request
        try await request.collect()
        return try await route.handler(request)
    }

    /// The response, and a report when what goes on behind its head fails.
    private func watched(_ response: HTTPResponse, to request: HTTPRequest) -> HTTPResponse {
        var response = response
        let report = report
        let watch: @Sendable (any Error) -> Void = { error in
            let isTheClients = error is HTTPClientGone || error is HTTPFault || Task.isCancelled
            if !isTheClients { report(error, request) }
        }
        if let outgoing = response.outgoing {
            response.outgoing = HTTPOutgoingBody(length: outgoing.length, isOpenEnded: outgoing.isOpenEnded) { writer in
                do { try await outgoing.produce(writer) } catch {
                    watch(error)
                    throw error
                }
            }
        }
        if let upgrade = response.upgrade {
            response.upgrade = HTTPUpgrade { stream, early, loop in
                do { try await upgrade.speak(stream, early, loop) } catch {
                    watch(error)
                    throw error
                }
            }
        }
        return response
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
