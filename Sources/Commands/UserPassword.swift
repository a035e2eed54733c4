import Basics
import Glibc
import Tenants

extension Command {
    /// `parlor user password`.
    static let userPassword = Command(
        CommandDeclaration(
            name: "password",
            group: .database,
            summary: "Give somebody another password",
            discussion: """
                Asks for the password twice at a terminal; elsewhere it is the first line of the standard input. It
                opens an account that was closed for guessing, and ends all sessions of its owner.
                """,
            arguments: [ArgumentDeclaration("email", "The address with which they sign in")],
            examples: [.init("parlor user password ada@example.com", "Asks for it")],
            success: "the password is the new one", failures: userFailures),
        work: { try await setPassword($0) })

    private static func setPassword(_ invocation: Invocation) async throws {
        let email = invocation.command.arguments[0]
        let password = try invocation.newPassword()
        try await invocation.withSignIn { signIn in
            guard let person = try await signIn.person(email: email) else {
                throw ParlorError(
                    .usage, "nobody has this address", hint: "See who there is with \"./parlor user list\".")
            }
            try await signIn.setPassword(of: person.id, to: password)
        }
        try invocation.terminal.write("The password is changed, and all sessions have ended.\n")
    }
}

extension Invocation {
    private static let passwordSizeMin = 12

    /// A new password: typed twice at a terminal, without being shown, else the first line of the standard input.
    func newPassword() throws -> Secret {
        let isTyped = isatty(STDIN_FILENO) == 1
        let first = try isTyped ? typed("New password: ") : readLine(strippingNewline: true) ?? ""
        guard (Self.passwordSizeMin...1024).contains(first.unicodeScalars.count) else {
            throw ParlorError(
                .usage, "a password has \(Self.passwordSizeMin) to 1024 characters",
                hint: "A few words that belong together nowhere are easy to remember and hard to guess.")
        }
        if isTyped {
            guard try typed("Once more: ") == first else {
                throw ParlorError(.usage, "the two passwords differ", hint: "Type the same one twice.")
            }
        }
        return Secret(first)
    }

    /// A line of the terminal that does not appear there.
    private func typed(_ prompt: String) throws -> String {
        try terminal.write(prompt, to: .error)
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { throw ParlorError.systemCall("tcgetattr", errno: errno) }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) }
        let line = readLine(strippingNewline: true) ?? ""
        try terminal.write("\n", to: .error)
        return line
    }
}
