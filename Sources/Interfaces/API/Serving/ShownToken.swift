import HTTP
import Tenants

/// The token that a request shows: in its header, or in its address where the endpoint allows that.
///
/// Calendars subscribe to an address and can send nothing else. An address is kept in places that nobody guards, so what
/// it shows must be a key that opens this one thing (`permits`).
struct ShownToken: Sendable {
    /// The parameter in which an address shows a key.
    static let parameter = "key"

    let token: AccessToken
    private let isInAddress: Bool

    /// Reads it; a 401 when there is none.
    init(of request: HTTPRequest, to access: Access) throws(HTTPProblem) {
        if case .link = access, let item = request.target.queryItems.first(where: { $0.name == Self.parameter }) {
            guard let token = AccessToken(item.value), token.kind == .key else {
                throw Self.refused("is not one of ours")
            }
            self.token = token
            isInAddress = true
            return
        }
        guard let header = request.headers["Authorization"] else {
            throw HTTPProblem(.unauthorized, "this takes a token", headers: Self.challenge)
        }
        // A scheme may stand in letters of any case (RFC 9110); the bit that tells them apart is set in a space already.
        guard header.utf8.starts(with: Self.scheme.utf8, by: { $0 | 0x20 == $1 }),
            let token = AccessToken(String(header.utf8.dropFirst(Self.scheme.utf8.count)) ?? "")
        else { throw Self.refused("is not one of ours") }
        self.token = token
        isInAddress = false
    }

    /// A 403 when it stands in an address and opens more than the endpoint.
    func check(_ principal: Principal, for access: Access) throws(HTTPProblem) {
        guard isInAddress, case .link(let permission) = access else { return }
        guard case .key(_, _, [permission]) = principal.kind else {
            throw HTTPProblem(.forbidden, "a key in an address must have the scope \(permission) and no other")
        }
    }

    /// A 401 that says what is wrong with the token.
    static func refused(_ fault: String) -> HTTPProblem {
        HTTPProblem(.unauthorized, "the token \(fault)", headers: challenge)
    }

    private static let scheme = "bearer "
    private static let challenge: HTTPHeaders = ["WWW-Authenticate": "Bearer realm=\"parlor\""]
}
