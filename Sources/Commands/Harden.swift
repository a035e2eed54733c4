import Basics

extension Command {
    /// `parlor harden`, which leads to what keeps the cluster closed to strangers.
    static let harden = Command(
        CommandDeclaration(
            name: "harden",
            group: .operations,
            summary: "Prove that the cluster is closed to strangers, and renew its keys",
            discussion: """
                A cluster is set up closed: encrypted, with passwords and certificates of its own, and with roles that
                may do what they must. These commands try whether that holds, and change keys while it runs. They ask
                the agent, so the system must run.
                """,
            examples: [
                .init("parlor harden check", "Try every line of the checklist"),
                .init("parlor harden rotate certificates", "New certificates and keys, while everything runs"),
            ]),
        subcommands: [.hardenCheck, .hardenApply, .hardenRotate])
}
