import Basics
import HTTP
import Postgres
import Store
import Tenants

/// Signing in and out.
enum SessionEndpoints {
    private struct Credentials: Sendable {
        let email: String
        let password: String
    }

    private static let credentials = Shape(
        "Credentials", Field("email", .email, "The address of the account."),
        Field("password", .text(1...1024), "Its password.")
    ) { Credentials(email: $0, password: $1) }

    private static let started = Record<StartedSession>(
        "Session", "A session that has begun, or goes on under another token.",
        [
            .told("token", .told, \.token.revealed, "To be sent as `Authorization: Bearer …`. It is told only here."),
            .told("expires_at", .moment, \.expires, "When it ends unless it is used."),
        ])

    /// One text for all reasons: whether an account exists is nobody's business.
    private static let refused = HTTPProblem(
        .unauthorized, "address and password do not fit, or were tried too often; wait a while before you try again",
        headers: ["WWW-Authenticate": "Bearer realm=\"parlor\""])

    static let all = [
        Endpoint(
            .post, "/v1/sessions", "signIn", .access, "Begins a session with an address and a password.",
            access: .anybody, body: credentials, answer: .created(started.component), rate: .signIn,
            .answering { call, given in
                let password = Secret(given.password)
                guard let session = try await call.services.signIn.begin(email: given.email, password: password) else {
                    throw refused
                }
                return Reply(.created, started.json(session))
            }),
        Endpoint(
            .post, "/v1/sessions/rotation", "rotateSession", .access,
            "Gives this session another token; the old one is nobody's from then on.", access: .person, body: .none,
            answer: .ok(started.component),
            .answering { call, _ in
                let (user, session) = try call.person
                let rotated = try await call.services.signIn.rotate(session, of: user)
                guard let rotated else { throw refused }
                return Reply(.ok, started.json(rotated)).changingAccess()
            }),
        Endpoint(
            .delete, "/v1/sessions/current", "signOut", .access, "Ends this session.", access: .person, body: .none,
            answer: .nothing,
            .answering { call, _ in
                let (user, session) = try call.person
                try await call.services.signIn.end(session, of: user)
                return Reply.nothing.changingAccess()
            }),
        Endpoint(
            .delete, "/v1/sessions", "signOutEverywhere", .access, "Ends all sessions of this person.",
            access: .person, body: .none, answer: .nothing,
            .answering { call, _ in
                try await call.services.signIn.endAll(of: try call.person.user)
                return Reply.nothing.changingAccess()
            }),
    ]
}

extension AccessToken {
    /// The token, for the one answer that tells it.
    fileprivate var revealed: String { secret.reveal() }
}

extension Call {
    /// The person who sent this, and their session.
    var person: (user: PostgresUUID, session: PostgresUUID) {
        get throws(HTTPProblem) {
            guard case .user(let user, let session, _, _)? = principal?.kind else {
                throw HTTPProblem(.forbidden, "this is for people, and the token is a program's")
            }
            return (user, session)
        }
    }
}
