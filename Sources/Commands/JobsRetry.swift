import Basics
import Jobs

extension Command {
    /// `parlor jobs retry`.
    static let jobsRetry = Command(
        CommandDeclaration(
            name: "retry",
            group: .database,
            summary: "Let jobs that were put aside begin again",
            discussion: """
                They are due at once and may fail as often as at first. What a job had done before it failed is not done
                twice: a message that may have gone out is not sent again.
                """,
            arguments: [jobArgument],
            options: [.allJobs, .queue, .json],
            examples: [
                .init("parlor jobs retry 01a20438-f597-71fd-8696-ce1e2178c889", "One of them"),
                .init("parlor jobs retry --all --queue message.send", "Every message that was put aside"),
            ],
            success: "the jobs are in their queues again", failures: jobsFailures),
        work: { invocation in
            let choice = try invocation.choiceOfJobs()
            let count = try await invocation.withQuarantine { try await $0.release(choice) }
            try invocation.tell(count, of: choice, "released", counted(count, "job") + " will begin again")
        })
}
