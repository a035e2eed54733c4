import Agent
import Basics

extension Command {
    /// `parlor harden rotate`.
    static let hardenRotate = Command(
        CommandDeclaration(
            name: "rotate",
            group: .operations,
            summary: "Replace certificates or passwords while everything runs",
            discussion: """
                Clients of the pooler notice nothing but a moment's wait. A rotation that was broken off is finished by
                the next start, or by the next rotation.
                """,
            examples: [
                .init("parlor harden rotate certificates", "A new certificate and key for every part"),
                .init("parlor harden rotate passwords", "New passwords for Parlor's own parts"),
            ]),
        subcommands: [.rotateCertificates, .rotatePasswords])

    /// `parlor harden rotate certificates`.
    static let rotateCertificates = Command(
        CommandDeclaration(
            name: "certificates",
            group: .operations,
            summary: "Give every part a new certificate and key",
            discussion: """
                Every part reads its new files before anything else happens, and has shown its new certificate when the
                command ends. Redis is restarted for it, the cache first and then the queue.

                With --authority the cluster gets another authority, for when the key of the old one may be known to
                others: first both are believed, then the new one issues, then the old one is believed no more. etcd is
                restarted twice for it, and the primary carries on meanwhile. Clients that have a copy of ca.crt need
                the new one: see docs/certificates.md.
                """,
            options: [.authority, .json],
            examples: [
                .init("parlor harden rotate certificates", "New certificates and keys"),
                .init("parlor harden rotate certificates --authority", "A new authority too"),
            ],
            success: "every part shows its new certificate",
            failures: rotationFailures),
        work: { try await rotate($0.command.has(.authority) ? .authority : .certificates, $0) })

    /// `parlor harden rotate passwords`.
    static let rotatePasswords = Command(
        CommandDeclaration(
            name: "passwords",
            group: .operations,
            summary: "Give Parlor's own parts new passwords",
            discussion: """
                Replaces those of replication, of rewinding, of Patroni's API, of the pooler and of Redis; one that the
                configuration sets stays. Redis is restarted for it, the cache first and then the queue.

                The passwords of the superuser and of the service's role stay: see docs/hardening.md for how to replace
                them.
                """,
            options: [.json],
            examples: [.init("parlor harden rotate passwords", "New passwords")],
            success: "every part signs in with its new password",
            failures: rotationFailures),
        work: { try await rotate(.passwords, $0) })

    private static let rotationFailures: [ErrorCode] =
        [.notRunning, .alreadyRunning, .cluster, .timeout, .diskFull] + ErrorCode.stateFailures

    private static func rotate(_ subject: RotationSubject, _ invocation: Invocation) async throws {
        let result = try await invocation.agent().rotate(subject)
        let terminal = invocation.terminal
        if invocation.command.has(.json) { return try terminal.write(result.json.pretty + "\n") }
        for step in result.steps { try terminal.write("\(step)\n") }
        try terminal.write("done after \(result.took.brief)\n")
    }
}

extension OptionDeclaration {
    /// The authority as well.
    static let authority = flag("authority", "Replace the authority as well")
}
