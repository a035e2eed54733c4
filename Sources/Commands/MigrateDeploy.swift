import Basics
import Migrations

extension Command {
    /// `parlor migrate deploy`.
    static let migrateDeploy = Command(
        CommandDeclaration(
            name: "deploy",
            group: .database,
            summary: "Run the migrations that have not been run yet",
            discussion: """
                Runs each migration in one transaction with its record, so that one that fails, or is killed, leaves
                nothing behind. A statement that cannot be in a transaction, like CREATE INDEX CONCURRENTLY, has a
                migration of its own; what a failure leaves of it is found and repaired.

                A statement that cannot have its lock within --lock-timeout gives way, so that nobody queues behind it
                for longer, and is tried again. Run it again after anything: it goes on where the last one stopped.

                Before anything runs, a lint looks at it: what cannot work is refused, and what would hold up those who
                use the database is named with the safe way to write it. With --strict that is refused too.
                """,
            options: [
                .dryRun, .json, .strict, .migrations, .lockTimeout, .lockBudget, .lagMax, .lagWait, .deploymentWait,
            ],
            examples: [
                .init("parlor migrate deploy", "Run what is new"),
                .init("parlor migrate deploy --dry-run", "Show what would be run, and how"),
                .init("parlor migrate deploy --lock-budget 10min", "Try for longer on a busy database"),
            ],
            success: "every migration of the folder is applied",
            failures: [.cancelled] + ErrorCode.migrationFailures),
        work: { try await deploy($0) })

    private static func deploy(_ invocation: Invocation) async throws {
        let place = try await MigrationPlace(invocation)
        if invocation.command.has(.dryRun) {
            let plan = try await place.migrator().plan(place.folder)
            let migrations = plan.steps.map(\.migration)
            let findings = try await place.migrator().lint(migrations, readBy: ProgramStatements.texts)
            return try show(plan, findings, invocation)
        }
        let printer = MigrationPrinter(invocation)
        let isStrict = invocation.command.has(.strict)
        let deployed = try await printer.printing(on: invocation.loop) {
            let migrator = place.migrator(printer.tell)
            return try await migrator.deploy(place.folder) { pending in
                let findings = try await migrator.lint(pending, readBy: ProgramStatements.texts)
                if let refusal = ParlorError.refusing(findings, orDangers: isStrict) { throw refusal }
                for finding in findings where finding.severity > .note {
                    printer.tell(.notice(finding.summary))
                    if let safeWay = finding.safeWay { printer.tell(.notice("write it so: \(safeWay)")) }
                }
            }
        }
        try showDeployed(deployed, invocation)
    }

    /// What was done, in one sentence or as JSON.
    static func showDeployed(_ deployed: Migrator.Deployed, _ invocation: Invocation) throws {
        let terminal = invocation.terminal
        if invocation.command.has(.json) { return try terminal.write(deployed.json.pretty + "\n") }
        let count = deployed.items.count
        try terminal.write(
            count == 0
                ? "nothing to do: every migration is applied\n"
                : "\(count) \(count == 1 ? "migration" : "migrations") applied\n")
    }

    private static func show(_ plan: DeployPlan, _ findings: [LintFinding], _ invocation: Invocation) throws {
        let terminal = invocation.terminal
        if invocation.command.has(.json) { return try terminal.write(plan.json(findings).pretty + "\n") }
        let found = findings.flatMap { [$0.summary] + ($0.safeWay.map { ["  write it so: \($0)"] } ?? []) }
        try terminal.write((plan.lines + found + ["nothing was changed"]).map { "\($0.printable)\n" }.joined())
    }
}

extension DeployPlan {
    /// The plan for people: each migration, how it would be run, and its statements.
    var lines: [String] {
        guard !steps.isEmpty else { return ["nothing to do: every migration is applied"] }
        return steps.enumerated().flatMap { index, step in
            ["\(step.migration.name) (\(index + 1) of \(steps.count)), \(step.way.words)"]
                + step.script.statements.enumerated().map { position, statement in
                    "  \(position + 1)/\(step.script.statements.count)  \(statement.headline)"
                }
        }
    }

    /// The plan for programs.
    func json(_ findings: [LintFinding]) -> JSON {
        [
            "findings": .array(findings.map(\.json)),
            "pending": .array(
                steps.map { step in
                    [
                        "name": .string(step.migration.name), "way": .string(step.way.words),
                        "resumed": .bool(step.interrupted != nil),
                        "statements": .array(step.script.statements.map { .string($0.headline) }),
                    ]
                }),
        ]
    }
}

extension OptionDeclaration {
    /// To run nothing that holds others up.
    static let strict = flag("strict", "Refuse what would hold up those who use the database")
}

extension Migrator.Deployed {
    /// What was done, for programs.
    var json: JSON {
        [
            "applied": .array(
                items.map { item in
                    [
                        "name": .string(item.name), "milliseconds": .integer(Int(item.duration.milliseconds)),
                        "restore_point": .string(item.restorePoint?.name),
                    ]
                })
        ]
    }
}

extension RestorePoint {
    /// Its name; nil when it could not be made.
    fileprivate var name: String? { if case .made(let name, _, _) = self { name } else { nil } }
}
