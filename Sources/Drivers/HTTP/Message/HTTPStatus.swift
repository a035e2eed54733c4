/// How a request ended.
public struct HTTPStatus: Hashable, Sendable, CustomStringConvertible {
    /// The three digits.
    public let code: Int

    /// A status by its digits.
    public init(_ code: Int) { self.code = code }

    /// The digits and the phrase, like `404 Not Found`.
    public var description: String { reason.isEmpty ? "\(code)" : "\(code) \(reason)" }

    /// Whether the request was understood and done.
    public var isSuccess: Bool { (200...299).contains(code) }

    /// Whether a response with this status may have a body at all.
    public var allowsBody: Bool { code >= 200 && code != 204 && code != 304 }

    /// The phrase of the registry; empty for a code that it does not know.
    public var reason: String { HTTPStatus.reasons[code] ?? "" }

    private static let reasons: [Int: String] = [
        100: "Continue", 101: "Switching Protocols", 103: "Early Hints",
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
        301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
        308: "Permanent Redirect",
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required",
        412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
        416: "Range Not Satisfiable",
        417: "Expectation Failed", 421: "Misdirected Request", 422: "Unprocessable Content", 425: "Too Early",
        426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 499: "Client Closed Request",
        500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
    ]
}

extension HTTPStatus {
    /// 200: done, and here is the result.
    public static let ok = HTTPStatus(200)
    /// 201: something now exists that did not before.
    public static let created = HTTPStatus(201)
    /// 202: it will be done.
    public static let accepted = HTTPStatus(202)
    /// 204: done, and there is nothing to say.
    public static let noContent = HTTPStatus(204)
    /// 206: the part that was asked for.
    public static let partialContent = HTTPStatus(206)
    /// 304: what the client has is still true.
    public static let notModified = HTTPStatus(304)
    /// 400: the request cannot be understood.
    public static let badRequest = HTTPStatus(400)
    /// 401: the client has not said who it is.
    public static let unauthorized = HTTPStatus(401)
    /// 403: the client may not do this.
    public static let forbidden = HTTPStatus(403)
    /// 404: nothing stands at this path.
    public static let notFound = HTTPStatus(404)
    /// 405: something stands at this path, but not for this method.
    public static let methodNotAllowed = HTTPStatus(405)
    /// 408: the request did not arrive in time.
    public static let requestTimeout = HTTPStatus(408)
    /// 409: the request contradicts what is there.
    public static let conflict = HTTPStatus(409)
    /// 411: the length of the body must be said beforehand.
    public static let lengthRequired = HTTPStatus(411)
    /// 412: what the client relies on is no longer so.
    public static let preconditionFailed = HTTPStatus(412)
    /// 413: the body is larger than allowed.
    public static let contentTooLarge = HTTPStatus(413)
    /// 414: the target is longer than allowed.
    public static let uriTooLong = HTTPStatus(414)
    /// 415: the body is of a kind that is not read here.
    public static let unsupportedMediaType = HTTPStatus(415)
    /// 416: there is no such part.
    public static let rangeNotSatisfiable = HTTPStatus(416)
    /// 417: the client expects something that is not offered.
    public static let expectationFailed = HTTPStatus(417)
    /// 422: the request was read, and its content cannot be used.
    public static let unprocessableContent = HTTPStatus(422)
    /// 426: this needs another protocol.
    public static let upgradeRequired = HTTPStatus(426)
    /// 429: the client asks too often.
    public static let tooManyRequests = HTTPStatus(429)
    /// 431: the headers are larger, or more, than allowed.
    public static let headerFieldsTooLarge = HTTPStatus(431)
    /// 499: the client left before there was an answer; nobody reads this one, but it is counted.
    public static let clientClosedRequest = HTTPStatus(499)
    /// 500: a mistake of the server's own.
    public static let internalServerError = HTTPStatus(500)
    /// 501: the request needs something that the server does not have.
    public static let notSupported = HTTPStatus(501)
    /// 503: not now.
    public static let serviceUnavailable = HTTPStatus(503)
    /// 505: a version of the protocol that is not spoken here.
    public static let versionNotSupported = HTTPStatus(505)
}
