import Basics
import Configuration
import Glibc
import Loop
import Seed

extension Command {
    /// `parlor seed`.
    static let seed = Command(
        CommandDeclaration(
            name: "seed",
            group: .database,
            summary: "Fill the database with data to look at, or to measure with",
            discussion: """
                --demo makes three salons with two months of bookings and conversations. --scale makes a year of the
                specification's workload: 1 is 1,000 salons with 100,000 messages, 10,000 bookings and 150,000
                webhook events a day; a smaller scale has less of each, over a year as well.

                The same number, size and end always make the same rows. What is there already is left alone, and a
                seeding that was cut short is removed and made again. --remove deletes a seed's salons with all that
                belongs to them, whoever made it. A database with salons of your own is seeded with --yes only.
                """,
            options: [.demo, .scale, .remove, .seedNumber, .until, .connections, .yes, .dryRun, .json],
            examples: [
                .init("parlor seed --demo", "Three salons to look around in"),
                .init("parlor seed --scale 0.005 --dry-run", "What a two-hundredth of the workload is"),
                .init("parlor seed --scale 0.005 --until 2026-03-01", "The same rows on every machine"),
                .init("parlor seed --remove", "Delete them again"),
            ],
            success: "the data are there, or gone",
            failures: ErrorCode.stateFailures + [
                .notRunning, .notConfirmed, .timeout, .cancelled, .connection, .database,
            ]),
        work: { try await seed($0) })

    private static func seed(_ invocation: Invocation) async throws {
        let command = invocation.command
        let request = try request(command)
        let workplace = try Workplace(invocation)
        let options = try await workplace.administratorConnection(on: invocation.loop)
        let view = SeedView(request, invocation)
        let seeder = Seeder(
            options, schema: workplace.configuration.database.schema,
            connections: command.count(of: .connections) ?? usualConnections, on: invocation.loop,
            report: view.tell)
        if command.has(.remove) {
            let removed = try await invocation.loop.untilInterrupted { try await seeder.remove(request.number) }
            try view.show(removed: removed)
        } else if command.has(.dryRun) {
            try view.show(plan: try await seeder.plan(request))
        } else {
            let isConfirmed = command.has(.yes)
            let made = try await view.printing {
                try await invocation.loop.untilInterrupted {
                    try await seeder.seed(request, allowsForeign: isConfirmed)
                }
            }
            try view.show(result: made)
        }
    }

    /// One for each core, because rows are made by this process and indexed by the server's.
    private static var usualConnections: Int { min(max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), 8) }

    /// What is to be made, or removed.
    private static func request(_ command: ParsedCommand) throws(ParlorError) -> SeedRequest {
        let scale = command.value(of: .scale).flatMap { Double($0) }
        guard [command.has(.demo), scale != nil, command.has(.remove)].count(where: \.self) == 1 else {
            throw ParlorError(
                .usage, "seed wants one of --demo, --scale and --remove",
                hint: "\"./parlor help seed\" tells what they do.")
        }
        if let scale, scale > 10 {
            throw ParlorError(.usage, "--scale goes up to 10", why: "1 is a year of the whole workload")
        }
        return SeedRequest(
            number: UInt64(command.count(of: .seedNumber) ?? 1), size: scale.map { .workload(scale: $0) } ?? .demo,
            until: command.value(of: .until).flatMap { Timestamp(rfc3339: "\($0)T00:00:00Z") } ?? .now())
    }
}

extension EventLoop {
    /// Does some work until Ctrl-C calls it off.
    func untilInterrupted<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask(executorPreference: self) { try await work() }
            group.addTask(executorPreference: self) {
                for await _ in self.signals(SIGINT, SIGTERM) { return nil }
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw ParlorError(
                    .cancelled, "the work was called off", hint: "The same command begins it again.")
            }
            return result
        }
    }
}

extension OptionDeclaration {
    /// Three salons.
    static let demo = flag("demo", "Make three salons to look around in")

    /// The workload.
    static let scale = value(
        "scale", ValueDeclaration("<factor>", .factor), "Make so much of the workload, like 0.005")

    /// The way back.
    static let remove = flag("remove", "Delete what a seed has made")

    /// What the random numbers follow from.
    static let seedNumber = value(
        "seed", ValueDeclaration("<n>", .count, standard: "1"), "Which seed: another number makes other rows")

    /// How many work side by side.
    static let connections = value(
        "connections", ValueDeclaration("<n>", .count), "Copy over so many at once, instead of one for each core")

    /// The end of the year.
    static let until = value(
        "until", ValueDeclaration("<day>", .date), "End before this day, instead of before today (UTC)")
}
