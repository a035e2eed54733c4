/// Where a response sends its client. It performs nothing.
struct HTTPRedirect: Equatable, Sendable {
    /// What credentials stand in; they are meant for one origin.
    private static let credentials = ["Authorization", "Cookie", "Proxy-Authorization", "Host"]

    let request: HTTPRequest
    let endpoint: HTTPEndpoint
    /// Whether the body is sent again.
    let keepsBody: Bool

    /// Nil when the response is no redirect that may be followed: without a sound location, or from `https` to `http`.
    init?(_ response: HTTPResponse, to request: HTTPRequest, at origin: HTTPEndpoint) {
        let status = response.status.code
        guard [301, 302, 303, 307, 308].contains(status), let location = response.headers["Location"],
            let (endpoint, target) = Self.resolve(location, from: request.target, at: origin)
        else { return nil }
        let becomesGet = status == 303 && request.method != .head || status < 303 && request.method == .post
        var next = request
        next.target = target
        if becomesGet {
            next.method = .get
            next.body = []
            for name in ["Content-Type", "Content-Encoding"] { next.headers.remove(name) }
        }
        if endpoint != origin { for name in Self.credentials { next.headers.remove(name) } }
        self.request = next
        self.endpoint = endpoint
        keepsBody = !becomesGet
    }

    private static func resolve(
        _ location: String, from target: HTTPTarget, at endpoint: HTTPEndpoint
    ) -> (HTTPEndpoint, HTTPTarget)? {
        let location = location.prefix { $0 != "#" }
        if let mark = location.firstRange(of: "://") {
            let end = location[mark.upperBound...].firstIndex { $0 == "/" || $0 == "?" } ?? location.endIndex
            guard let origin = HTTPOrigin(String(location[..<end])), !isDowngrade(from: endpoint, to: origin) else {
                return nil
            }
            let rest = location[end...]
            return HTTPTarget(rest.hasPrefix("/") ? String(rest) : "/\(rest)").map { (.origin(origin), $0) }
        }
        guard !location.isEmpty, !location.hasPrefix("//") else { return nil }
        if location.hasPrefix("/") { return HTTPTarget(String(location)).map { (endpoint, $0) } }
        let folder = target.path[...(target.path.lastIndex(of: "/") ?? target.path.startIndex)]
        return HTTPTarget("\(folder)\(location)").map { (endpoint, $0) }
    }

    private static func isDowngrade(from endpoint: HTTPEndpoint, to origin: HTTPOrigin) -> Bool {
        guard case .origin(let from) = endpoint else { return false }
        return from.scheme == .https && origin.scheme == .http
    }
}
