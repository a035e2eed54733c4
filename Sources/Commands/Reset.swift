import Basics
import Loop
import Processes
import State

extension Command {
    /// `parlor reset`.
    static let reset = Command(
        CommandDeclaration(
            name: "reset",
            group: .daily,
            summary: "Delete the state folder with all data",
            discussion: """
                Deletes the databases, logs and secrets of this state folder. There is no way back. On a terminal
                reset names the folder and asks; anywhere else it wants --yes. It refuses while the system runs.
                parlor.yaml is not touched.
                """,
            options: [.yes],
            examples: [
                .init("parlor reset", "Ask, then delete"),
                .init("parlor reset --yes", "Delete without a question"),
            ],
            success: "the state folder is gone",
            failures: [.alreadyRunning, .notConfirmed] + ErrorCode.stateFailures + [.file]),
        work: { try await reset($0) })

    private static func reset(_ invocation: Invocation) async throws {
        let terminal = invocation.terminal
        guard let state = try Workplace(invocation).enterStateFolder() else {
            return try terminal.write("there is no state folder, so there is nothing to delete\n")
        }
        let lock: FileLock
        do { lock = try state.hold() } catch {
            throw ParlorError(
                error.code, "the system runs, so nothing was deleted", why: error.why,
                hint: "Stop it first with \"./parlor down\".", cause: error)
        }
        try invocation.confirm(
            "Delete \(state.path) with all data, logs and secrets? There is no way back.",
            refused: "nothing was deleted", why: "reset deletes \(state.path) with all data")
        _ = try await Leftovers.clear(state.path, within: .seconds(60), on: invocation.loop)
        try state.empty()
        withExtendedLifetime(lock) {}
        try terminal.write("everything in \(state.path) is deleted\n")
    }
}
