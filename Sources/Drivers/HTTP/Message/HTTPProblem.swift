public import Basics

/// What went wrong, for programs and people, after RFC 9457. A route throws it to end with it.
public struct HTTPProblem: Error, Hashable, Sendable {
    /// The status of the response.
    public var status: HTTPStatus
    /// An address that names this kind of problem; `about:blank` when the status says it all.
    public var type: String
    /// The kind of problem in a few words.
    public var title: String
    /// What happened this time. The client sees it: no secret, no SQL, nobody else's data.
    public var detail: String?
    /// Further members for programs.
    public var members: [JSON.Member]
    /// Further fields of the response, such as `Retry-After`.
    public var headers: HTTPHeaders

    /// A problem.
    public init(
        _ status: HTTPStatus, _ detail: String? = nil, type: String = "about:blank", title: String? = nil,
        members: [JSON.Member] = [], headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.type = type
        self.title = title ?? status.reason
        self.detail = detail
        self.members = members
        self.headers = headers
    }

    /// The document.
    public var json: JSON {
        var all: [JSON.Member] = []
        if type != "about:blank" { all.append(.init("type", .string(type))) }
        all.append(.init("title", .string(title)))
        all.append(.init("status", .integer(status.code)))
        if let detail { all.append(.init("detail", .string(detail))) }
        return .object(all + members)
    }

    /// The document as a response.
    public var response: HTTPResponse {
        var response = HTTPResponse.text(json.compact, status: status, type: "application/problem+json")
        for field in headers.fields { response.headers.append(field) }
        return response
    }
}
