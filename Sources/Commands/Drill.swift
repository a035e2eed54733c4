import Agent
import Basics
import Configuration
import Drills
import Telemetry

extension Command {
    /// `parlor drill`, which leads to the drills.
    static let drill = Command(
        CommandDeclaration(
            name: "drill",
            group: .operations,
            summary: "Prove on the running cluster what the platform promises",
            discussion: """
                A drill disturbs the primary on purpose while clients write, and measures what that costs them: how long
                nobody could write, which errors were seen, and whether every write that was acknowledged is there
                afterwards, on every node. It writes with a role and a schema of its own, "parlor_drill", and removes
                them; but everybody else who uses the database meanwhile is disturbed as well.
                """,
            examples: [
                .init("parlor drill failover", "Kill the primary ten times, and see what it costs"),
                .init("parlor drill switchover", "Hand over five times while 100 clients write"),
            ]),
        subcommands: [.drillFailover, .drillSwitchover])

    /// What a drill can end with besides its own.
    static let drillFailures: [ErrorCode] =
        [
            .notRunning, .alreadyRunning, .notConfirmed, .timeout, .cancelled, .belowFloor, .connection, .database,
            .cluster,
        ] + ErrorCode.stateFailures
}

/// A drill as a command: asks, holds it, and shows what came out.
struct DrillCommand {
    let invocation: Invocation
    let kinds: [Disturbance]
    let clients: Int
    /// What will happen, for somebody who is asked.
    let warning: (_ leader: String) -> String

    private var terminal: Terminal { invocation.terminal }
    private var isJSON: Bool { invocation.command.has(.json) }

    func run() async throws {
        let (command, loop) = (invocation.command, invocation.loop)
        let runs = command.count(of: .drillRuns) ?? 5
        guard runs > 0, clients > 0 else {
            throw ParlorError(.usage, "a drill wants at least one run and one client")
        }
        let seed = command.count(of: .drillSeed).map { UInt64($0) } ?? UInt64.random(in: 1...999_999)
        let plan = DrillPlan(runs: runs, of: kinds, clients: clients, seed: seed)
        let workplace = try Workplace(invocation)
        let database = workplace.configuration.database
        guard let state = try workplace.enterStateFolder() else { throw Invocation.nothingRuns }
        let site = try DrillSite(
            state, database: database.name, poolerHost: HostName.reachable(database.host), on: loop)
        let (view, terminal, isSilent) = (DrillView(width: terminal.width), terminal, isJSON)
        let drill = Drill(plan, at: site) { event in
            // A drill does not stop in the middle because nobody reads any more.
            if !isSilent { try? terminal.write(view.lines(for: event).map { "\($0)\n" }.joined()) }
        }
        let what = warning(try await drill.leader().name)
        try invocation.confirm("\(what). Go on?", refused: "nothing was done", why: what)
        let outcome = try await loop.untilInterrupted { try await drill.run() }
        try show(outcome, view)
    }

    private func show(_ outcome: DrillOutcome, _ view: DrillView) throws {
        let report = MeasurementReport(outcome.figures, seed: outcome.plan.seed)
        if isJSON {
            try terminal.write(report.json.pretty + "\n")
        } else {
            let lines = view.lines(for: outcome, report, inColor: terminal.allowsColor())
            try terminal.write(lines.map { "\($0)\n" }.joined())
        }
        if !report.holds { throw AlreadySaid(.belowFloor) }
    }
}

extension OptionDeclaration {
    /// How often.
    static let drillRuns = value("runs", ValueDeclaration("<n>", .count, standard: "5"), "Runs of each kind")

    /// What moments follow from.
    static let drillSeed = value("seed", ValueDeclaration("<n>", .count), "The moments at which things happen")
}
