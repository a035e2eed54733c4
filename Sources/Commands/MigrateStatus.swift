import Basics
import Migrations

extension Command {
    /// `parlor migrate status`.
    static let migrateStatus = Command(
        CommandDeclaration(
            name: "status",
            group: .database,
            summary: "Compare the migrations with the database",
            discussion: """
                Shows for each migration whether it is applied, pending, interrupted (a deploy was cut short, and the
                next one goes on with it) or failed (somebody has to decide, with "parlor migrate resolve"), and
                whether its file was edited after it had been run, or is gone. Nothing is changed.
                """,
            options: [.json, .migrations],
            examples: [
                .init("parlor migrate status", "How the database stands"),
                .init("parlor migrate status --json", "The same for a program"),
            ],
            success: "every migration is applied",
            failures: ErrorCode.migrationFailures),
        work: { try await migrationStatus($0) })

    private static func migrationStatus(_ invocation: Invocation) async throws {
        let place = try await MigrationPlace(invocation)
        let status = try await place.migrator().status(place.folder)
        let terminal = invocation.terminal
        if invocation.command.has(.json) {
            try terminal.write(status.json.pretty + "\n")
        } else {
            let lines = status.lines(fitting: terminal.width, inColor: terminal.allowsColor())
            try terminal.write(lines.map { "\($0)\n" }.joined())
        }
        if !status.isUpToDate { throw AlreadySaid(.migration) }
    }
}

extension MigrationStatus {
    /// The table, and a sentence below it.
    func lines(fitting width: Int, inColor: Bool = false) -> [String] {
        guard !entries.isEmpty else { return ["there are no migrations"] }
        let columns = [Table.Column("MIGRATION"), Table.Column("STATE"), Table.Column("NOTES", shrinks: true)]
        let rows = entries.map { entry in
            [Table.Cell(entry.name), Table.Cell(entry.state.rawValue, entry.state.style), Table.Cell(entry.notes)]
        }
        return Table(columns: columns, rows: rows).lines(fitting: width, inColor: inColor) + ["", summary]
    }

    private var summary: String {
        if isUpToDate { return "every migration is applied" }
        let counts = [Entry.State.applied, .pending, .interrupted, .failed].compactMap { state -> String? in
            let count = names(state).count
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }
        return counts.joined(separator: ", ")
    }

    /// For programs.
    var json: JSON {
        [
            "migrations": .array(
                entries.map { entry in
                    [
                        "name": .string(entry.name), "state": .string(entry.state.rawValue),
                        "edited": .bool(entry.isEdited), "missing": .bool(entry.isMissing),
                        "started_at": .string(entry.record?.startedAt.rfc3339),
                        "finished_at": .string(entry.record?.finishedAt?.rfc3339),
                        "restore_point": .string(entry.record?.restorePoint),
                    ]
                }), "up_to_date": .bool(isUpToDate),
        ]
    }
}

extension MigrationStatus.Entry {
    fileprivate var notes: String {
        var notes: [String] = []
        if isEdited { notes.append("its file was edited afterwards") }
        if isMissing { notes.append("its folder is gone") }
        if state == .failed, let record { notes.append("began at \(record.startedAt.rfc3339Seconds)") }
        return notes.joined(separator: ", ")
    }
}

extension MigrationStatus.Entry.State {
    fileprivate var style: Style? {
        switch self {
        case .applied: .green
        case .pending, .interrupted: .yellow
        case .failed: .red
        }
    }
}
