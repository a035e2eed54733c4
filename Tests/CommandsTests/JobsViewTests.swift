import Basics
import Postgres
import Store
import Testing

@testable import Commands
@testable import Jobs

@Suite("Jobs that were put aside are shown") struct JobsViewTests {
    private static let salon = PostgresUUID(high: 0x01a2_0438_f597_71fd, low: 0x8696_ce1e_2178_c889)
    private static let job = QuarantinedJob(
        id: PostgresUUID(high: 0x01a2_0438_f597_71fd, low: 1), queue: "message.send", key: "k",
        salon: SalonIdentifier(salon), attempts: 20, reason: "nobody answers\u{1B}[31m",
        moment: Timestamp(seconds: 1_900_000_000))

    @Test("With the whole key and the whole reason, in which nothing steers the terminal")
    func people() {
        #expect(
            JobsView(jobs: [Self.job]).text == """
                01a20438-f597-71fd-0000-000000000001  message.send, begun 20 times, put aside 2030-03-17T17:46:40Z
                    \(Self.job.reason.printable)

                When the reason is gone: "./parlor jobs retry <job>", or with --all for every one.

                """)
        #expect(!JobsView(jobs: [Self.job]).text.contains("\u{1B}"))
        #expect(JobsView(jobs: []).text == "No job was put aside.\n")
    }

    @Test("With everything that programs need to choose")
    func programs() {
        let job = JobsView(jobs: [Self.job]).json["jobs"]?.elements?.first
        #expect(job?["id"] == "01a20438-f597-71fd-0000-000000000001" && job?["key"] == "k")
        #expect(job?["salon"] == "01a20438-f597-71fd-8696-ce1e2178c889" && job?["attempts"] == 20)
        #expect(JobsView(jobs: []).json == ["jobs": []])
    }
}
