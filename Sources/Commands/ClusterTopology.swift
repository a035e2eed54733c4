import Agent
import Basics
import Configuration
import Loop

extension Command {
    /// `parlor cluster plan`.
    static let clusterPlan = Command(
        CommandDeclaration(
            name: "plan",
            group: .operations,
            summary: "Show what lies between the cluster and parlor.yaml",
            discussion: """
                Compares the running cluster with the configuration: how many replicas there are, when a commit is
                acknowledged, how quickly a failure is believed, and PostgreSQL's settings. Nothing is changed. What else
                stands in parlor.yaml, ports for one, takes effect at the next start.
                """,
            options: [.json],
            examples: [
                .init("parlor cluster plan", "What apply would do"),
                .init("parlor cluster plan --set cluster.replicas=3", "What one more replica would take"),
            ],
            success: "the plan is shown, be there something to do or not",
            failures: [.notRunning, .cluster] + ErrorCode.stateFailures),
        work: { invocation in
            let plan = try await invocation.agent().topologyPlan(for: try configuration(invocation))
            try show(plan, invocation)
        })

    /// `parlor cluster apply`.
    static let clusterApply = Command(
        CommandDeclaration(
            name: "apply",
            group: .operations,
            summary: "Make the cluster as parlor.yaml wants it",
            discussion: """
                Shows the plan, asks, and carries it out: settings first where they need no restart; where they do, the
                replicas restart one after the other, one of them takes over, and the former primary restarts last, so
                that no client sees an error. Replicas are copied from the primary; one that goes is stopped, and its
                data is set aside. Nothing is done twice: a second apply finds nothing to do, and one that failed half
                way is finished by the next.
                """,
            options: [.yes, .json],
            examples: [
                .init("parlor cluster apply", "Show the plan, ask, carry it out"),
                .init("parlor cluster apply --yes", "The same without a question"),
            ],
            success: "the cluster is as parlor.yaml wants it",
            failures: [.notRunning, .cluster, .notConfirmed, .timeout] + ErrorCode.stateFailures),
        work: { invocation in try await apply(try configuration(invocation), invocation) })

    /// `parlor cluster add-replica`.
    static let clusterAddReplica = Command(
        CommandDeclaration(
            name: "add-replica",
            group: .operations,
            summary: "Copy another replica from the primary",
            discussion: """
                The same as apply with one replica more than there are. Write the new number into parlor.yaml as
                cluster.replicas, or the next start has as many as stand there.
                """,
            options: [.yes, .json],
            examples: [.init("parlor cluster add-replica", "Show the plan, ask, carry it out")],
            success: "there is a replica more, and it follows the primary",
            failures: [.notRunning, .cluster, .notConfirmed, .timeout] + ErrorCode.stateFailures),
        work: { try await change(by: 1, $0) })

    /// `parlor cluster remove-replica`.
    static let clusterRemoveReplica = Command(
        CommandDeclaration(
            name: "remove-replica",
            group: .operations,
            summary: "Stop a replica, and set its data aside",
            discussion: """
                The same as apply with one replica less than there are: the node of the highest number goes, and when it
                leads, another one leads first. Write the new number into parlor.yaml as cluster.replicas, or the next
                start has as many as stand there.
                """,
            options: [.yes, .json],
            examples: [.init("parlor cluster remove-replica", "Show the plan, ask, carry it out")],
            success: "there is a replica less",
            failures: [.notRunning, .cluster, .notConfirmed, .timeout] + ErrorCode.stateFailures),
        work: { try await change(by: -1, $0) })

    private static func configuration(_ invocation: Invocation) throws -> Configuration {
        try Workplace.load(invocation).configuration
    }

    private static func change(by count: Int, _ invocation: Invocation) async throws {
        var wanted = try configuration(invocation)
        guard let status = try await invocation.agent().cluster() else { throw Invocation.nothingRuns }
        let replicas = status.nodes.count - 1 + count
        guard (0...15).contains(replicas) else {
            throw ParlorError(
                .cluster, "a cluster has from no replica to 15", why: "there are \(status.nodes.count - 1)",
                hint: "See them with \"./parlor cluster status\".")
        }
        wanted.cluster.replicas = replicas
        try await apply(wanted, invocation)
        if !invocation.command.has(.json) {
            try invocation.terminal.write("write \"cluster.replicas: \(replicas)\" into parlor.yaml to keep it so\n")
        }
    }

    private static func apply(_ wanted: Configuration, _ invocation: Invocation) async throws {
        let (agent, terminal) = (try invocation.agent(), invocation.terminal)
        let isJSON = invocation.command.has(.json)
        let plan = try await agent.topologyPlan(for: wanted)
        if !isJSON { try show(plan, invocation) }
        if plan.steps == [] { return isJSON ? try show(plan, invocation) : () }
        try invocation.confirm("Go on?", refused: "nothing was changed", why: "the plan wants a yes")
        try await agent.apply(wanted)
        let start = ContinuousClock.now
        while let status = try await agent.cluster(), !status.isWell {
            try await invocation.loop.sleep(for: .milliseconds(500))
        }
        if isJSON { return try show(plan, invocation) }
        let wait = start.duration(to: .now)
        try terminal.write("done\(wait > .seconds(1) ? "; every node was well \(wait.brief) later" : "")\n")
    }

    private static func show(_ plan: AgentClient.PlanText, _ invocation: Invocation) throws {
        let isJSON = invocation.command.has(.json)
        try invocation.terminal.write(
            isJSON ? plan.json.pretty + "\n" : plan.lines.map { "\($0)\n" }.joined())
    }
}
