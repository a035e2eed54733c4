import Basics
import State

extension Command {
    /// `parlor up`.
    static let up = Command(
        CommandDeclaration(
            name: "up",
            group: .daily,
            summary: "Bring the whole system up on this machine",
            discussion: """
                Compares what must exist with what exists, makes what is missing, and starts the parts in order.
                Once every part is ready, it prints the addresses. Run again, it says what already runs and changes
                nothing.

                The whole system is a primary and replicas of PostgreSQL that take over from each other, the poolers
                in front of them, Redis, and the service. With --solo it is a single database and the service. A
                cluster takes over what a single database holds; the way back is a backup.

                With --demo there is something to look at: three salons are seeded, and a simulated WhatsApp stands
                beside the service, whose customers chat with them and book. "parlor logs whatsapp --follow" shows
                what is said. Nothing leaves the machine.

                The system stays in the foreground until Ctrl-C stops it in order. A port that is taken gives way to
                the next free one, and up says so.
                """,
            options: [.solo, .demonstration, .detach, .dryRun],
            examples: [
                .init("parlor up", "Everything, until Ctrl-C"),
                .init("parlor up --solo", "A single database and the service"),
                .init("parlor up --demo", "Everything, with salons and customers who chat"),
                .init("parlor up --detach", "Everything, in the background"),
                .init("parlor up --dry-run", "What would be made and started"),
            ],
            success: "the system is up, or was stopped in order after it had been",
            failures: [.alreadyRunning, .cancelled] + ErrorCode.startFailures),
        work: { try await bringUp($0) })

    private static func bringUp(_ invocation: Invocation) async throws {
        let launch = try Launch(invocation)
        if invocation.command.has(.dryRun) { return try launch.showPlan() }
        if let holder = try launch.workplace.holder() { return try await launch.showRunning(holder) }
        if invocation.command.has(.detach) { try await launch.detach() } else { try await launch.bringUp() }
    }
}

extension OptionDeclaration {
    /// The smallest system.
    package static let solo = flag("solo", "Start a single database and the service only")

    /// Something to look at.
    package static let demonstration = flag("demo", "Seed three salons, and let simulated customers chat with them")

    /// Without the terminal.
    package static let detach = flag("detach", letter: "d", "Leave the system running in the background")
}
