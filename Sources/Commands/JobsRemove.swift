import Basics
import Jobs

extension Command {
    /// `parlor jobs remove`.
    static let jobsRemove = Command(
        CommandDeclaration(
            name: "remove",
            group: .database,
            summary: "Remove jobs that were put aside",
            discussion: """
                What they would have done is never done: a message stays QUEUED and goes to nobody, a reminder is not
                written. There is no way back.
                """,
            arguments: [jobArgument],
            options: [.allJobs, .queue, .yes, .json],
            examples: [
                .init("parlor jobs remove 01a20438-f597-71fd-8696-ce1e2178c889", "Asks first"),
                .init("parlor jobs remove --all --yes", "All of them, without a question"),
            ],
            success: "the jobs are gone", failures: jobsFailures + [.notConfirmed]),
        work: { invocation in
            let choice = try invocation.choiceOfJobs()
            try invocation.confirm(
                "Remove these jobs? What they would have done is never done.", refused: "nothing was removed",
                why: "jobs remove drops work that was not done")
            let count = try await invocation.withQuarantine { try await $0.remove(choice) }
            try invocation.tell(count, of: choice, "removed", counted(count, "job") + " removed")
        })
}
