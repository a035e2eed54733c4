import Basics
import Postgres
import Store
import Tenants

extension Command {
    /// `parlor user add`.
    static let userAdd = Command(
        CommandDeclaration(
            name: "add",
            group: .database,
            summary: "Add somebody who may sign in",
            discussion: """
                Asks for the password twice at a terminal; elsewhere it is the first line of the standard input. With
                --salon they become a member of that salon, its owner unless --role says otherwise.
                """,
            arguments: [ArgumentDeclaration("email", "The address with which they sign in")],
            options: [.userName, .platformAdmin, .memberSalon, .memberRole],
            examples: [
                .init("parlor user add ada@example.com --name Ada --platform-admin", "Somebody who runs the platform"),
                .init("parlor user add bo@example.com --name Bo --salon atelier-chiado", "The owner of a salon"),
            ],
            success: "they can sign in", failures: userFailures),
        work: { try await addUser($0) })

    private static func addUser(_ invocation: Invocation) async throws {
        let command = invocation.command
        let email = command.arguments[0]
        guard email.utf8.count <= 254, email.split(separator: "@", omittingEmptySubsequences: false).count == 2 else {
            throw ParlorError(.usage, "\(email.printable) is no e-mail address", hint: "Write it like ada@example.com.")
        }
        let password = try invocation.newPassword()
        let person = try await invocation.withSignIn { signIn in
            guard try await signIn.person(email: email) == nil else {
                throw ParlorError(
                    .usage, "there is somebody with this address already",
                    hint: "Give them another password with \"./parlor user password\".")
            }
            let joining = try await joining(command, signIn)
            return try await signIn.add(
                email: email, name: command.value(of: .userName) ?? email, password: password,
                isPlatformAdmin: command.has(.platformAdmin), joining: joining)
        }
        try invocation.terminal.write("\(person.email.printable) can sign in now.\n")
    }

    private static func joining(
        _ command: ParsedCommand, _ signIn: SignIn
    ) async throws -> (salon: SalonIdentifier, role: Role)? {
        guard let name = command.value(of: .memberSalon) else { return nil }
        guard let salon = try await signIn.salon(named: name) else {
            throw ParlorError.noSalon(named: name)
        }
        let role = command.value(of: .memberRole).flatMap { Role(rawValue: $0.uppercased()) } ?? .owner
        return (SalonIdentifier(salon.id), role)
    }
}

extension ParlorError {
    /// No salon has what a command line names as its key or handle.
    static func noSalon(named name: String) -> ParlorError {
        ParlorError(
            .usage, "there is no salon \(name.printable)",
            hint: "Name one by its key or its handle; GET /v1/salons lists them.")
    }
}

extension OptionDeclaration {
    /// What somebody is called.
    static let userName = value("name", ValueDeclaration("<name>"), "What they are called, unless like their address")

    /// Whether they run the platform.
    static let platformAdmin = flag("platform-admin", "Let them run the platform: make salons, and help all of them")

    /// Where they work.
    static let memberSalon = value(
        "salon", ValueDeclaration("<salon>"), "Make them a member of the salon with this key or handle")

    /// What they are there.
    static let memberRole = value(
        "role", ValueDeclaration("<role>", .choice(Role.allCases.map { $0.rawValue.lowercased() }), standard: "owner"),
        "What they are in that salon")
}
