import Basics

extension Command {
    /// `parlor agent`.
    static let agent = Command(
        CommandDeclaration(
            name: "agent",
            group: .role,
            summary: "Supervise the parts, without a terminal",
            discussion: """
                Does what "parlor up" does, for a service manager: it starts the parts in order, restarts those that
                end, says what it does on the standard output, and keeps a log ("parlor logs agent"). It stops
                everything in order on SIGTERM. "parlor up --detach" starts an agent in the background.
                """,
            options: [.solo, .demonstration],
            examples: [.init("parlor agent", "In a unit of a service manager")],
            success: "it was told to end, and stopped everything in order",
            failures: [.alreadyRunning] + ErrorCode.startFailures),
        work: { try await supervise($0) })

    private static func supervise(_ invocation: Invocation) async throws {
        let launch = try Launch(invocation)
        if Launch.isDetached { return try await launch.bringUp() }
        // A service manager that ends it during the start gets what it wants.
        do { try await launch.runHere() } catch let error as ParlorError where error.code == .cancelled {}
    }
}
