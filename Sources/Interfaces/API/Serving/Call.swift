import Basics
import HTTP
import Postgres
import Store
import Tenants

/// A request as an endpoint gets it: everything about it was checked, and whoever sent it may do this.
struct Call: Sendable {
    let request: HTTPRequest
    /// Who sent it; nil where anybody may.
    let principal: Principal?
    /// The name under which logs and the audit log speak of it.
    let requestID: String
    let query: QueryValues
    /// The version that the client has seen; nil when it did not say, or does not mind.
    let expectedVersion: Int32?
    /// The place in the log that the client's last write was told, for reads that have to show it.
    let position: PostgresWALPosition?

    /// What the client named the request (`Idempotency-Key`), for endpoints that see to repetitions themselves.
    let repetitionKey: String?

    /// What endpoints work with.
    let services: Services
    /// The salon of the path, for whoever it was opened to.
    let salon: SalonIdentifier?

    /// Work for the salon of the path.
    var scope: SalonScope {
        get throws(HTTPProblem) {
            guard let salon, let principal else { throw HTTPProblem(.internalServerError) }
            return SalonScope(salon, by: principal.actor, request: requestID)
        }
    }

    /// Work of the platform, done by whoever sent this.
    var platform: PlatformScope { PlatformScope(by: principal?.actor ?? .service("sign-in")) }

    /// The way to the data.
    var store: Store { services.store }

    /// How fresh a list must be: a little old will do, but not older than the client's own last write.
    var freshness: Freshness { .recent.showing(position) }

    /// A value of the path.
    func parameter<Value>(_ parameter: HTTPPathParameter<Value>) throws(HTTPProblem) -> Value {
        try request.parameter(parameter)
    }
}

/// What an endpoint answers.
struct Reply: Sendable {
    var status: HTTPStatus
    var json: JSON?
    /// Another body than JSON.
    var text: (String, mediaType: String)?
    /// The version of what it shows, which becomes its ETag.
    var version: Int32?
    var headers: HTTPHeaders = [:]
    /// A place in the log behind what was written.
    var position: PostgresWALPosition?
    /// Whether it changes who may do what, so that nothing of that is remembered.
    var changesAccess = false
    /// What a repetition of the request is told instead of `json`, where that holds a secret.
    var repeated: JSON?

    init(_ status: HTTPStatus = .ok, _ json: JSON? = nil, version: Int32? = nil) {
        self.status = status
        self.json = json
        self.version = version
    }

    /// 204.
    static let nothing = Reply(.noContent)

    /// The same, of something that changes who may do what.
    func changingAccess() -> Reply {
        var reply = self
        reply.changesAccess = true
        return reply
    }

    /// The response, with the version as its ETag.
    var response: HTTPResponse {
        var response = json.map { HTTPResponse.json($0, status: status) } ?? HTTPResponse(status)
        if let text { response = .text(text.0, status: status, type: text.mediaType) }
        for field in headers.fields { response.headers.append(field.name, field.value) }
        if let version { response.headers["ETag"] = "\"\(version)\"" }
        if let position { response.headers[EndpointServer.positionHeader] = position.description }
        return response
    }
}

extension HTTPProblem {
    /// There is nothing of that key, or nothing that this client may know of.
    static let unknown = HTTPProblem(.notFound, "there is nothing of this kind with this key")
}
