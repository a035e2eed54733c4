import Basics
import Jobs
import Store

extension Command {
    private static let jobsMax = 1000

    /// `parlor jobs list`.
    static let jobsList = Command(
        CommandDeclaration(
            name: "list",
            group: .database,
            summary: "Show the jobs that were put aside, and why",
            discussion: """
                Lists up to 1,000 of them, the latest first. What they would have done was not done. When the reason is
                gone, "parlor jobs retry" lets them begin again.
                """,
            options: [.queue, .json],
            examples: [
                .init("parlor jobs list", "For people"),
                .init("parlor jobs list --queue message.send", "Messages only"),
            ],
            success: "the jobs were shown", failures: jobsFailures),
        work: { invocation in
            let queue = invocation.command.value(of: .queue)
            let jobs = try await invocation.withQuarantine { try await $0.quarantined(in: queue, atMost: jobsMax) }
            let view = JobsView(jobs: jobs)
            try invocation.terminal.write(invocation.command.has(.json) ? view.json.pretty + "\n" : view.text)
        })
}

/// Jobs that were put aside, as they are shown.
struct JobsView {
    let jobs: [QuarantinedJob]

    /// For people: two lines for each, because neither a key nor a reason can be cut.
    var text: String {
        guard !jobs.isEmpty else { return "No job was put aside.\n" }
        let lines = jobs.map { job in
            let often = job.attempts == 1 ? "once" : "\(job.attempts) times"
            return """
                \(job.id)  \(job.queue), begun \(often), put aside \(job.moment.rfc3339Seconds)
                    \(job.reason.printable)

                """
        }
        return lines.joined()
            + "\nWhen the reason is gone: \"./parlor jobs retry <job>\", or with --all for every one.\n"
    }

    /// For programs.
    var json: JSON {
        let list = jobs.map { job -> JSON in
            [
                "id": .string("\(job.id)"), "queue": .string(job.queue), "key": .string(job.key),
                "salon": job.salon.map { .string("\($0.value)") } ?? .null, "attempts": .integer(Int(job.attempts)),
                "reason": .string(job.reason), "putAside": .string(job.moment.rfc3339),
            ]
        }
        return ["jobs": .array(list)]
    }
}
