extension Runbook {
    /// The runbooks that can be walked through. A system of a single database is started as such again.
    static func all(isSolo: Bool) -> [Runbook] { [fullRestore(isSolo), pointInTime(isSolo), drill] }

    /// The name of the question for the moment that is wanted back.
    static let moment = "to"

    /// Everything is lost, and the repository is not.
    private static func fullRestore(_ isSolo: Bool) -> Runbook {
        Runbook(
            name: "full-restore",
            steps: [
                Step(
                    .check, "look what the repository would bring back, and up to when; nothing is changed",
                    .run(["restore", "full", "--dry-run"])),
                Step(
                    .question,
                    "what is left of the old system must be off, or two systems write to one repository. Is it?",
                    .confirm(refused: "nothing was changed", why: "the old system must be off first")),
                Step(
                    .question,
                    "everything is restored now, what runs here is stopped, and data that is here is set aside. Go on?",
                    .confirm(
                        refused: "nothing was changed", why: "a restore stops the system and sets its data aside")),
                Step(
                    .action, "restore the newest state, and put it in the place of this system's data",
                    .run(["restore", "full", "--into-cluster", "--yes"]), isChange: true),
            ] + afterwards(isSolo))
    }

    /// Somebody dropped or overwrote data.
    private static func pointInTime(_ isSolo: Bool) -> Runbook {
        Runbook(
            name: "point-in-time",
            steps: [
                Step(
                    .question,
                    "up to when? The last moment at which all was well, in UTC, like 2026-11-21 14:29:59",
                    .ask(name: moment)),
                Step(
                    .check, "look whether that can be reached, and what it brings back; nothing is changed",
                    .run(["restore", "pitr", "--to", .answer(moment), "--dry-run"])),
                Step(
                    .check, "restore that moment into a folder of its own, beside everything that lives",
                    .run(["restore", "pitr", "--to", .answer(moment)])),
                Step(
                    .question,
                    """
                    the last heartbeat above is where work ends. Whatever anybody wrote after it is taken away, the system is \
                    stopped, and its data is set aside. Go on?
                    """,
                    .confirm(
                        refused: "the system goes on as it was",
                        why: "what was written after that moment would be taken away")),
                Step(
                    .action, "restore that moment again, and put it in the place of this system's data",
                    .run(["restore", "pitr", "--to", .answer(moment), "--into-cluster", "--yes"]), isChange: true),
            ] + afterwards(isSolo))
    }

    /// Nothing is wrong, and that is to be proved.
    private static let drill = Runbook(
        name: "drill",
        steps: [
            Step(.check, "look at the backups that there are", .run(["backup", "list"])),
            Step(
                .action, "restore the newest and a random older backup beside the system, and compare them with it",
                .run(["backup", "drill"])),
            Step(
                .question,
                """
                a drill uses the key that this machine has. Is the key also kept where neither this machine nor the \
                repositories are, and was that copy tried?
                """,
                .confirm(
                    refused: "when this machine is lost, no backup can be read",
                    why: "the key has to be kept elsewhere, as ./parlor runbook show lost-key tells")),
            Step(.verification, "look when the next backup and the next drill are made", .run(["backup", "schedule"])),
        ])

    private static func afterwards(_ isSolo: Bool) -> [Step] {
        let look = Step(
            .verification, "look who leads, and how far the replicas are", .run(["cluster", "status"]))
        return [
            Step(.action, "start the system", .run(isSolo ? ["up", "--solo", "--detach"] : ["up", "--detach"])),
            Step(.verification, "ask every part whether it is well", .run(["health"])),
        ] + (isSolo ? [] : [look]) + [
            Step(
                .action, "make a full backup, with which the new history begins", .run(["backup", "run", "--full"])),
            Step(.verification, "look how far back the backups reach now", .run(["backup", "list"])),
        ]
    }
}
