import Basics
import Configuration
import HTTP
import JSONText
import Loop
import Postgres
import Store
import Telemetry
import Tenants

/// Serves endpoints: everything that is the same for all of them, in one order.
///
/// 1. Whose token is it (401), and may its owner do this here (404 where the salon is not to be known of, else 403)?
/// 2. Is the tenant within its limit (429)?
/// 3. Are query, headers and body what the endpoint declares (400, 413, 415, 422, 428)? Nothing of the body is read before.
/// 4. The work; what changes a salon's rows does so in one transaction, with its answer where the client named a key.
///
/// On failure: a problem document; a 500 only for what is a mistake of ours, which the router reports.
struct EndpointServer: Sendable {
    /// The header that tells a client behind which place of the log its write stands, and that it may send back.
    static let positionHeader = "Parlor-Position"
    private static let bodyMax = ByteCount(256 * 1024)
    private static let reader = JSONReader(JSONRules(sizeMax: bodyMax, depthMax: 32))

    let services: Services
    let limiter: RateLimiter

    /// Adds a route for each endpoint.
    func register(_ endpoints: [Endpoint], on router: inout HTTPRouter) {
        for endpoint in endpoints {
            // Streamed, so that a body is not even received for somebody who may not send it.
            router.add(
                endpoint.method, endpoint.pattern, endpoint.summary, body: .streamed(upTo: Self.bodyMax)
            ) { request in try await self.respond(to: request, by: endpoint) }
        }
    }

    private func respond(to request: HTTPRequest, by endpoint: Endpoint) async throws -> HTTPResponse {
        let principal = try await principal(of: request, for: endpoint)
        let salon = try admit(principal, to: endpoint, request)
        let subject = subject(salon, principal, request)
        let rates = try limiter.admit(subject, endpoint.rate)
        do {
            var response = try await answer(request, endpoint, principal, salon)
            for field in rates { response.headers.append(field.name, field.value) }
            // Who gets in has not guessed.
            if endpoint.rate == .signIn { limiter.giveBack(subject, endpoint.rate) }
            return response
        } catch var problem as HTTPProblem {
            for field in rates { problem.headers.append(field.name, field.value) }
            throw problem
        } catch let error as PostgresError {
            guard var problem = HTTPProblem(error, deleting: endpoint.method == .delete) else { throw error }
            for field in rates { problem.headers.append(field.name, field.value) }
            throw problem
        }
    }

    // MARK: - Who

    private func principal(of request: HTTPRequest, for endpoint: Endpoint) async throws -> Principal? {
        if endpoint.access == .anybody { return nil }
        let shown = try ShownToken(of: request, to: endpoint.access)
        do {
            guard let principal = try await services.authenticator.principal(of: shown.token) else {
                throw ShownToken.refused("is unknown, revoked or over")
            }
            try shown.check(principal, for: endpoint.access)
            return principal
        } catch let error as PostgresError {
            throw HTTPProblem(error) ?? HTTPProblem(.internalServerError)
        }
    }

    /// Whether somebody may use an endpoint, and for which salon.
    private func admit(
        _ principal: Principal?, to endpoint: Endpoint, _ request: HTTPRequest
    ) throws(HTTPProblem) -> SalonIdentifier? {
        switch (endpoint.access, principal?.kind) {
        case (.anybody, _), (.signedIn, _): return nil
        case (.person, .key): throw HTTPProblem(.forbidden, "this is for people, and the token is a program's")
        case (.person, _): return nil
        case (.platform, _):
            guard principal?.isPlatformAdmin == true else {
                throw HTTPProblem(.forbidden, "this is for the people who run the platform")
            }
            return nil
        case (.salon(let permission), _), (.link(let permission), _):
            let salon = SalonIdentifier(try request.parameter(Paths.salon))
            switch principal?.may(permission, in: salon) {
            case .granted: return salon
            case .denied: throw HTTPProblem(.forbidden, "this takes the permission \(permission)")
            case .unknown, nil: throw .unknown
            }
        }
    }

    private func subject(
        _ salon: SalonIdentifier?, _ principal: Principal?, _ request: HTTPRequest
    ) -> RateSubject {
        if let salon { return .salon(salon) }
        return principal.map { .actor($0.actor) } ?? .address(request.clientAddress)
    }

    // MARK: - What

    private func answer(
        _ request: HTTPRequest, _ endpoint: Endpoint, _ principal: Principal?, _ salon: SalonIdentifier?
    ) async throws -> HTTPResponse {
        let query = try QueryValues(endpoint.questions(of: request), declared: endpoint.query)
        let expected = try endpoint.expectedVersion(of: request)
        let repetition = endpoint.isIdempotent ? try Repetition.checkHeader(of: request) : false
        var request = request
        let json = try await body(of: &request, for: endpoint)
        let call = Call(
            request: request, principal: principal,
            requestID: TraceContext.current?.requestID.description ?? RequestIdentifier.random().description,
            query: query, expectedVersion: expected, position: try request.position,
            repetitionKey: repetition ? request.headers["Idempotency-Key"] : nil, services: services, salon: salon)
        let work = try endpoint.prepare(json)
        let reply = try await perform(work, call, repetition ? try Repetition(request) : nil)
        // After the commit, or what is forgotten would be learned again as it was.
        if reply.changesAccess { services.authenticator.forget() }
        return endpoint.method == .get ? reply.unlessKnown(to: request) : reply.response
    }

    private func body(of request: inout HTTPRequest, for endpoint: Endpoint) async throws -> JSON {
        guard endpoint.body != nil else { return .null }
        let type = request.headers["Content-Type"]?.split(separator: ";").first.map { $0.lowercased() } ?? ""
        let accepted = endpoint.mediaTypes
        guard accepted.contains(type.filter { $0 != " " && $0 != "\t" }) else {
            throw HTTPProblem(
                .unsupportedMediaType, "the body must be \(accepted.joined(separator: " or "))",
                headers: ["Accept": accepted.joined(separator: ", ")])
        }
        try await request.collect()
        let json = try Self.json(request.body)
        guard !json.holdsNUL else { throw HTTPProblem(.badRequest, "a text holds a NUL, which cannot be kept") }
        return json
    }

    private static func json(_ bytes: [UInt8]) throws(HTTPProblem) -> JSON {
        do throws(JSONFault) { return try reader.tree(from: bytes) } catch {
            throw HTTPProblem(.badRequest, error.explained.summary)
        }
    }

    private func perform(_ work: Work<Void>, _ call: Call, _ repetition: Repetition?) async throws -> Reply {
        switch work {
        case .answering(let answer): return try await answer(call, ())
        case .changing(let change):
            guard let repetition else { return try await transaction(call) { try await change(call, (), $0) } }
            do {
                return try await repeatable(call, change, repetition)
            } catch let error as PostgresError where error.kind == .outcomeUnknown {
                // Whether it was committed is asked by doing it again: if it was, there is an answer.
                return try await repeatable(call, change, repetition)
            }
        }
    }

    private func repeatable(
        _ call: Call, _ change: @Sendable (Call, Void, StoreTransaction) async throws -> Reply, _ repetition: Repetition
    ) async throws -> Reply {
        try await transaction(call) { transaction in
            try await repetition.answer(in: transaction) { try await change(call, (), $0) }
        }
    }

    private func transaction(_ call: Call, _ body: (StoreTransaction) async throws -> Reply) async throws -> Reply {
        // What was rolled back has left nothing, so it may be done again.
        let written = try await services.store.transaction(in: call.scope, repeatable: true) { try await body($0) }
        var reply = written.value
        reply.position = written.position
        return reply
    }
}

extension Repetition {
    /// Whether there is a key; a 400 when it is none, before the body is read.
    fileprivate static func checkHeader(of request: HTTPRequest) throws(HTTPProblem) -> Bool {
        try Repetition(request) != nil
    }
}

extension Endpoint {
    /// The media types that a body may have.
    var mediaTypes: [String] {
        method == .patch ? ["application/merge-patch+json", "application/json"] : ["application/json"]
    }

    /// The query of a request without the key that an address may show.
    fileprivate func questions(of request: HTTPRequest) -> [HTTPTarget.QueryItem] {
        guard case .link = access else { return request.target.queryItems }
        return request.target.queryItems.filter { $0.name != ShownToken.parameter }
    }

    /// The version that a client has seen; a 428 where it has to say so and does not.
    fileprivate func expectedVersion(of request: HTTPRequest) throws(HTTPProblem) -> Int32? {
        guard precondition != .none else { return nil }
        guard let header = request.headers["If-Match"] else {
            guard precondition == .demanded else { return nil }
            throw HTTPProblem(
                .preconditionRequired, "say with If-Match which version is meant: the ETag of what you read")
        }
        switch EntityTags(header) {
        case .any: return nil
        // A tag that is none of ours is that of no version; no row has the version 0.
        case .versions(let versions): return versions.count == 1 ? versions[0] : 0
        case nil: throw HTTPProblem(.badRequest, "If-Match must be a star or an ETag in quotes")
        }
    }
}

extension HTTPRequest {
    /// Where the client is. A proxy on this machine is believed about whom it speaks for, others are not: anybody could
    /// write that header.
    fileprivate var clientAddress: String {
        guard case .tcp(let host, _)? = peer else { return forwarded ?? "here" }
        return host == "127.0.0.1" || host == "::1" ? forwarded ?? host : host
    }

    /// The last address that was added, which is the one that the nearest proxy saw.
    private var forwarded: String? {
        headers.values(of: "X-Forwarded-For").last?.split(separator: ",").last
            .map { String($0.filter { $0 != " " }.prefix(64)) }
    }

    /// The place in the log that the client names.
    fileprivate var position: PostgresWALPosition? {
        get throws(HTTPProblem) {
            guard let text = headers[EndpointServer.positionHeader] else { return nil }
            guard let position = PostgresWALPosition(text) else {
                throw HTTPProblem(.badRequest, "\(EndpointServer.positionHeader) must be what an answer gave")
            }
            return position
        }
    }
}

extension Reply {
    /// The response, or 304 for a client that has this version already.
    fileprivate func unlessKnown(to request: HTTPRequest) -> HTTPResponse {
        let response = response
        guard let version, let header = request.headers["If-None-Match"], let tags = EntityTags(header),
            tags.contains(version)
        else { return response }
        var headers = HTTPHeaders()
        headers["ETag"] = response.headers["ETag"]
        return HTTPResponse(.notModified, headers: headers)
    }
}

extension JSON {
    /// Whether a NUL stands in any text of it. PostgreSQL keeps none, and nobody means one.
    var holdsNUL: Bool {
        switch self {
        case .string(let text): text.utf8.contains(0)
        case .array(let elements): elements.contains(where: \.holdsNUL)
        case .object(let members): members.contains { $0.name.utf8.contains(0) || $0.value.holdsNUL }
        default: false
        }
    }
}
