import Agent
import Basics
import Configuration
import Processes
import TestSupport
import Testing

@testable import Commands

@Suite struct ProgressTests {
    static let goldenNames = [
        "progress-start", "progress-detached", "progress-service", "progress-failed", "progress-stop",
        "progress-demo",
    ]

    /// What people read when these things happen, each so many milliseconds after the start.
    private func text(for keeper: Progress.Keeper = .terminal, _ events: [(after: Int, event: AgentEvent)]) -> String {
        let start = ContinuousClock.now
        var progress = Progress(statePath: "/srv/salons/.parlor", keeper: keeper, at: start)
        return events.flatMap { progress.lines(for: $0.event, at: start + .milliseconds($0.after)) }
            .map { "\($0)\n" }.joined()
    }

    private func plan(taken: Set<Int> = [], isDemo: Bool = false) throws -> SystemPlan {
        try SystemPlan(Configuration(), isDemo: isDemo) { _, port in !taken.contains(port) }
    }

    private func part(_ name: String, _ state: PartStatus.State, _ detail: String? = nil) -> AgentEvent {
        .changed(
            PartStatus(
                name: name, kind: name, state: state, since: Timestamp(seconds: 1_772_357_400), detail: detail))
    }

    private func start(_ plan: SystemPlan) -> [(after: Int, event: AgentEvent)] {
        [
            (2, .planned(plan)),
            (3, part("postgres", .preparing)), (903, part("postgres", .starting)), (1_240, part("postgres", .ready)),
            (1_241, part("service", .preparing)), (1_300, part("service", .starting)), (1_402, part("service", .ready)),
            (1_402, .ready(plan)),
        ]
    }

    @Test("A start tells what is under way, how long it took, and where everything is")
    func wholeStart() throws {
        let (plan, moved) = (try plan(), try plan(taken: [5432, 3000]))
        expectGolden(text(start(plan)), "progress-start")
        expectGolden(
            text(for: .background, [(1, .clearedLeftovers(["postgres", "service"]))] + start(moved)),
            "progress-detached")
        expectGolden(text(for: .serviceManager, start(plan) + [(9_000, .stopping)]), "progress-service")
        expectGolden(text([(1_402, .ready(try self.plan(isDemo: true)))]), "progress-demo")
    }

    @Test("A start that fails says of each part what became of it")
    func failedStart() throws {
        expectGolden(
            text([
                (2, .planned(try plan())), (3, part("postgres", .preparing)), (900, part("postgres", .starting)),
                (950, part("postgres", .backingOff, "exited with status 1")), (950, part("postgres", .preparing)),
                (960, part("postgres", .starting)), (990, part("postgres", .failed, "exited with status 1")),
                (990, part("service", .stopped)),
            ]), "progress-failed")
    }

    @Test("A stop tells each part that ended, in its order")
    func stop() {
        expectGolden(
            text([
                (0, .stopping), (0, part("service", .stopping)), (30, part("service", .stopped)),
                (30, part("postgres", .stopping)), (150, part("postgres", .stopped)),
            ]), "progress-stop")
    }

    @Test("A part that comes back after a fall tells how long that took, and one that only fell silent does not")
    func restart() throws {
        let fall =
            start(try plan()) + [
                (60_000, part("service", .backingOff, "killed by signal 9 (SIGKILL)")),
                (60_000, part("service", .preparing)),
                (60_050, part("service", .starting)), (60_250, part("service", .ready)),
                (7_200_000, part("postgres", .unresponsive, "no answer within 2 s")),
                (7_201_000, part("postgres", .ready)),
            ]
        let lines = text(fall).split(separator: "\n").suffix(5)
        #expect(
            lines == [
                "service    backing off: killed by signal 9 (SIGKILL)", "service    starting",
                "service    ready after 250 ms", "postgres   unresponsive: no answer within 2 s", "postgres   ready",
            ])
    }

    @Test("A name that is longer than its column still stands apart")
    func longName() {
        #expect(text([(0, part("prometheus-exporter", .starting))]) == "prometheus-exporter starting\n")
    }
}
