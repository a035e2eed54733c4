import Basics
package import Loop
package import Processes

/// Replaces the process of transactions by a fresh one while its clients go on.
///
/// A successor with files of its own listens on the same port, and the kernel gives it every new connection. The old
/// process keeps its clients until they leave, for at most a while; then it ends between transactions, and the
/// supervisor starts it again. Now that one is the newest on the port, and the successor leaves in the same way.
///
/// Invariants:
/// - From the first step to the last a process that takes clients listens on the port.
/// - Both together open no more server connections than planned for one, but for pools of a single connection.
/// - A leader that changes meanwhile is followed by both.
///
/// On failure of the successor the kernel gives its connections to the other process. An error or a cancellation ends
/// the successor between transactions; when Parlor is killed, both processes end with it.
package struct PoolerRestart: Sendable {
    /// What became of the clients.
    package struct Outcome: Equatable, Sendable {
        /// How many had not left in time, and were cut off between transactions.
        package var cutClients: Int
    }

    private static let startLimit = Duration.seconds(30)
    private static let shrinkLimit = Duration.seconds(5)
    private static let transactionLimit = Duration.seconds(20)
    private static let pauseBetweenLooks = Duration.milliseconds(20)
    private static let looksInVainMin = 3
    private static let interrupt: Int32 = 2
    private static let terminate: Int32 = 15

    private let part: PoolerPart
    private let turn: PoolerTurn
    private let loop: EventLoop

    /// A restart of a supervised part, which `turn` turns.
    package init(_ part: PoolerPart, turn: PoolerTurn, on loop: EventLoop) {
        self.part = part
        self.turn = turn
        self.loop = loop
    }

    /// Restarts it; each process keeps clients that do not leave for `patience`. Called on the loop. `launching` may
    /// change how the successor is started.
    package func run(
        patience: Duration = .seconds(60), launching: @Sendable (Program) -> Program = { $0 }
    ) async throws -> Outcome {
        try check()
        part.halve(true)
        do {
            try await part.lead(to: turn.heading)
            try await shrink()
            let outcome = try await handOver(patience, launching)
            try await restoreSize()
            return outcome
        } catch {
            // Unstructured because a cancelled task cannot ask the console any more.
            await Task(executorPreference: loop) { try? await restoreSize() }.value
            throw error
        }
    }

    private func check() throws(ParlorError) {
        guard part.configuration.mode == .transaction else {
            throw ParlorError(
                .configuration, "the pooler of sessions cannot hand its clients over", why: "a session has no end",
                hint: "Stop it when no migration runs; whoever listens connects again.")
        }
        guard !turn.isHeld else {
            throw ParlorError(
                .notRunning, "the pooler is not restarted now", why: "no server leads, and statements are held back",
                hint: "Try again when \"status\" names a primary.")
        }
    }

    private func restoreSize() async throws {
        part.halve(false)
        try await part.lead(to: turn.heading)
    }

    /// Waits a little until the pools have given back what the successor may open.
    private func shrink() async throws {
        let end = ContinuousClock.now + Self.shrinkLimit
        while ContinuousClock.now < end {
            let databases = try await part.admin.databases()
            if databases.allSatisfy({ $0.connections <= $0.connectionsMax }) { return }
            try await loop.sleep(for: Self.pauseBetweenLooks)
        }
    }

    // MARK: - The two processes

    private func handOver(_ patience: Duration, _ launching: (Program) -> Program) async throws -> Outcome {
        let successor = part.successor
        let topology = turn.heading
        try successor.prepare(leading: topology)
        let child = try Child(starting: launching(successor.program), on: loop)
        do {
            let outcome = try await exchange(with: successor, child, topology, patience)
            try await end(child, successor)
            return outcome
        } catch {
            // Unstructured because a cancelled task cannot wait for the end of the child.
            await Task(executorPreference: loop) { try? await end(child, successor) }.value
            throw error
        }
    }

    private func exchange(
        with successor: PoolerPart, _ child: Child, _ topology: PoolerTopology, _ patience: Duration
    ) async throws -> Outcome {
        try await answers(successor, child)
        try await turn.join(successor, leading: topology)
        try SharedPort.favourNewest(of: child.pid, port: part.configuration.port)
        var cut = try await leave(part, patience)
        try await answers(part, nil)
        cut += try await leave(successor, patience)
        return Outcome(cutClients: cut)
    }

    /// Waits until a process that was started answers.
    private func answers(_ process: PoolerPart, _ child: Child?) async throws {
        let end = ContinuousClock.now + Self.startLimit
        while true {
            do {
                _ = try await process.admin.version()
                return
            } catch {
                try Task.checkCancellation()
                guard child?.isRunning ?? true, ContinuousClock.now < end else { throw error }
            }
            try await loop.sleep(for: Self.pauseBetweenLooks)
        }
    }

    /// Waits for the clients of a process to leave, then ends it; says how many had not left.
    private func leave(_ process: PoolerPart, _ patience: Duration) async throws -> Int {
        let end = ContinuousClock.now + patience
        var left = try await clients(process)
        var looksInVain = 0
        // One that came before the switch may still be waiting to be let in, where nothing shows it yet.
        while left > 0 || looksInVain < Self.looksInVainMin, ContinuousClock.now < end {
            try await loop.sleep(for: Self.pauseBetweenLooks)
            left = try await clients(process)
            looksInVain = left == 0 ? looksInVain + 1 : 0
        }
        guard left > 0 else {
            try await process.admin.shutdown()
            return 0
        }
        let admin = process.admin
        try await process.pauses.paused(
            process.configuration.aliases, within: Self.transactionLimit * 2, quietWithin: Self.transactionLimit
        ) { _ in try await admin.shutdown() }
        return left
    }

    private func clients(_ process: PoolerPart) async throws -> Int {
        let signingIn = try await process.admin.clientsSigningIn()
        return try await process.admin.clients().count { $0.database != "pgbouncer" } + signingIn
    }

    private func end(_ child: Child, _ successor: PoolerPart) async throws {
        turn.leave(successor)
        child.signal(Self.interrupt)
        let timer = loop.schedule(after: Self.transactionLimit) { child.signal(Self.terminate) }
        defer { timer.cancel() }
        _ = try await child.exitStatus()
    }
}
