import Basics
import Configuration
import Loop
import Postgres
import Store
import Tenants

extension Command {
    /// `parlor user`, which leads to the commands that look after the people who sign in.
    static let user = Command(
        CommandDeclaration(
            name: "user",
            group: .database,
            summary: "Look after the people who sign in to the API",
            discussion: """
                The first owner of a salon and the first administrator of the platform are made here; owners then add
                people to their salons by the API. Passwords are asked for, or read from the standard input; they never
                stand on a command line, which every user of a machine can read.
                """,
            examples: [.init("parlor user add ada@example.com --name Ada --platform-admin", "The first administrator")]),
        subcommands: [.userAdd, .userPassword, .userList])

    /// How each of them can fail.
    static let userFailures = ErrorCode.stateFailures + [.notRunning, .connection, .database]
}

extension Invocation {
    /// Does something with the people of the configured database.
    func withSignIn<Result>(_ body: (SignIn) async throws -> Result) async throws -> Result {
        let workplace = try Workplace(self)
        let hasher = PasswordHasher(on: loop)
        let api = workplace.configuration.api
        let lifetime = SessionLifetime(idle: api.sessionIdle, absolute: api.sessionLifetime)
        defer { hasher.end() }
        return try await workplace.withStore(on: loop) { try await body(SignIn($0, hasher, lifetime)) }
    }
}
