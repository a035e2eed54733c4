import Agent
import Backups
import Basics

extension Command {
    /// `parlor restore`, which leads to the ways back.
    static let restore = Command(
        CommandDeclaration(
            name: "restore",
            group: .operations,
            summary: "Bring a backup back: all of it, a moment of the past, or a single table",
            discussion: """
                A restore goes into a folder of its own first, beside everything that lives, which goes on undisturbed.
                There it is brought up and looked at. Only with --into-cluster it then takes the place of what is there,
                which is stopped for that and set aside, never deleted.

                It works without a running system, and on a machine that has nothing but parlor.yaml: with
                backups.s3 and backups.key of the lost system set, "restore full --into-cluster" and "up" make it anew.
                """,
            examples: [
                .init("parlor restore full", "The newest state, into a folder of its own"),
                .init("parlor restore pitr --to 2026-11-21T14:29:59", "The state of that second"),
                .init(
                    "parlor restore table public.bookings --to 2026-11-21T14:29:59", "One table, beside the living one"),
            ]),
        subcommands: [.restoreFull, .restorePitr, .restoreTable])

    /// `parlor restore full`.
    static let restoreFull = Command(
        CommandDeclaration(
            name: "full",
            group: .operations,
            summary: "Restore the newest state that the repository holds, or a single backup",
            discussion: """
                The newest backup is copied and all of the log after it is replayed. With --backup it is that backup,
                as it was when it was made: also one whose log is kept no more.
                """,
            options: [.backupLabel] + restoreOptions,
            examples: [
                .init("parlor restore full", "Into a folder below the state folder"),
                .init("parlor restore full --dry-run", "From which backup, and up to when"),
                .init("parlor restore full --into-cluster --yes", "In the place of what is there"),
            ],
            success: "the data is restored, and a server came up on it",
            failures: restoreFailures),
        work: { invocation in
            let label = invocation.command.value(of: .backupLabel)
            try await RestoreCommand(invocation).run(label == nil ? .latest : .backupItself, backup: label)
        })

    /// `parlor restore pitr`.
    static let restorePitr = Command(
        CommandDeclaration(
            name: "pitr",
            group: .operations,
            summary: "Restore the state of a moment of the past",
            discussion: """
                The target is a moment (UTC unless it says otherwise), the name of a restore point, or the number of a
                transaction, which is the last one then. Outside of what can be reached it refuses and names what can.
                Before it begins it says which backup it takes and up to when it comes; --dry-run ends there.
                """,
            options: [.target, .backupLabel] + restoreOptions,
            examples: [
                .init("parlor restore pitr --to 2026-11-21T14:29:59", "The state of that second"),
                .init("parlor restore pitr --to before_import --dry-run", "What a restore point would bring back"),
            ],
            success: "the data is restored, and a server came up on it",
            failures: restoreFailures),
        work: { invocation in
            guard let text = invocation.command.value(of: .target) else {
                throw ParlorError(
                    .usage, "a target is missing", hint: "Say up to when with --to, like --to \"2026-11-21 14:29:59\".")
            }
            let target = try RecoveryTarget(text)
            try await RestoreCommand(invocation).run(target, backup: invocation.command.value(of: .backupLabel))
        })

    private static let restoreOptions: [OptionDeclaration] = [
        .restoreFolder, .delta, .open, .intoCluster, .dryRun, .yes, .json,
    ]

    static let restoreFailures: [ErrorCode] =
        [
            .alreadyRunning, .notConfirmed, .timeout, .cancelled, .diskFull, .engineMissing, .engineUnsupported,
            .connection, .backup,
        ] + ErrorCode.stateFailures
}

extension OptionDeclaration {
    /// Up to where.
    static let target = value(
        "to", ValueDeclaration("<target>"), "A moment, a restore point, or the number of a transaction")

    /// Which backup.
    static let backupLabel = value(
        "backup", ValueDeclaration("<label>"), "Begin with this backup, as \"backup list\" names it")

    /// Where to.
    static let restoreFolder = value(
        "folder", ValueDeclaration("<folder>"), "Restore into this folder instead of one in the state folder")

    /// Only what differs.
    static let delta = flag("delta", "Make what stands in the folder equal to the backup, copying what differs")

    /// To look at it.
    static let open = flag("open", "Keep a server running on the restored data until Ctrl-C")

    /// In the place of the living.
    static let intoCluster = flag("into-cluster", "Stop the system, and put the restored data in place of its own")
}
