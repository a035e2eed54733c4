import Basics
import Jobs
import Loop
import Postgres
import Store

extension Command {
    /// `parlor jobs`, which leads to the commands about work that failed too often.
    static let jobs = Command(
        CommandDeclaration(
            name: "jobs",
            group: .database,
            summary: "Look after work that failed too often",
            discussion: """
                What follows from requests is done by jobs: messages are sent, reminders written, waiting customers told.
                A job that fails is tried again with growing pauses. One that has failed twenty times, or has ended its
                worker as often, is put aside, so that it holds up nothing, and waits for somebody to look at it.
                """,
            examples: [.init("parlor jobs list", "What was put aside, and why")]),
        subcommands: [.jobsList, .jobsRetry, .jobsRemove])

    /// How each of them can fail.
    static let jobsFailures = ErrorCode.stateFailures + [.notRunning, .connection, .database]

    /// Which jobs.
    static let jobArgument = ArgumentDeclaration(
        "job", isOptional: true, isRepeatable: true, "The key of a job, as \"parlor jobs list\" shows it")
}

extension Invocation {
    /// Does something with the jobs of the configured database that were put aside.
    func withQuarantine<Result>(_ body: (any JobQuarantine) async throws -> Result) async throws -> Result {
        try await Workplace(self).withStore(on: loop) { try await body(PostgresJobQueue($0)) }
    }

    /// The jobs that the command line names: some by their keys, or all of a queue or of every one.
    func choiceOfJobs() throws(ParlorError) -> JobChoice {
        let (names, queue) = (command.arguments, command.value(of: .queue))
        switch (names.isEmpty, command.has(.allJobs)) {
        case (true, true): return .all(in: queue)
        case (true, false): throw Self.unclear("no job is named")
        case (false, true): throw Self.unclear("jobs are named, and --all is said too")
        case (false, false): break
        }
        guard queue == nil else { throw Self.unclear("jobs are named, and a queue is too") }
        var keys: [PostgresUUID] = []
        for name in names {
            guard let key = PostgresUUID(name) else { throw Self.unclear("\"\(name)\" is no job's key") }
            keys.append(key)
        }
        return .jobs(keys)
    }

    private static func unclear(_ headline: String) -> ParlorError {
        ParlorError(
            .usage, headline,
            hint: "Name jobs by the keys that \"./parlor jobs list\" shows, or say --all, with --queue for one queue.")
    }

    /// Says how many jobs something was done with; an error when some were named that are not among those put aside.
    func tell(_ count: Int, of choice: JobChoice, _ member: String, _ words: String) throws {
        if case .jobs(let keys) = choice, count < Set(keys).count {
            let missing = Set(keys).count - count
            throw ParlorError(
                .usage, "\(counted(missing, "job")) of those named \(missing == 1 ? "was" : "were") not put aside",
                why: words, hint: "\"./parlor jobs list\" shows those that are.")
        }
        if command.has(.json) {
            return try terminal.write(JSON.object([.init(member, .integer(count))]).pretty + "\n")
        }
        try terminal.write(words + "\n")
    }
}

extension OptionDeclaration {
    /// One queue only.
    static let queue = value("queue", ValueDeclaration("<queue>"), "Only the jobs of this queue, like message.send")

    /// Every job that was put aside.
    static let allJobs = flag("all", "All that were put aside, instead of named ones")
}
