import Basics
import Drills
import FaultTestSupport
import Loop
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

/// A primary is cut off while clients on its own host go on writing, and its standby is promoted.
@Suite(.networkLab, .serialized) struct PartitionTests {
    private struct Outcome: Sendable {
        var check: RowCheck
        var onLoser: [Operation]
        var acknowledging: PrimaryLedger
        var outside: WriterMeasurements
    }

    private func partition(synchronous: Bool, seed: UInt64) async throws -> Outcome {
        let lab = try NetworkLab(hosts: ["primary", "standby", "clients"])
        let outcome = try await withTemporaryFolder { folder in
            try await EventLoop.onThread { loop in
                let pair = try await ReplicatedPair.start(
                    synchronous: synchronous, table: WriterTable(seed: seed), on: (lab["primary"], lab["standby"]),
                    loop: loop)
                defer { pair.kill() }
                let journal = try await Journal.create("\(folder)/journal", on: loop)
                return try await Self.cut(pair, lab, journal, synchronous: synchronous, loop)
            }
        }
        try lab.remove()
        return outcome
    }

    private static func cut(
        _ pair: ReplicatedPair, _ lab: NetworkLab, _ journal: Journal, synchronous: Bool, _ loop: EventLoop
    ) async throws -> Outcome {
        let inside = Writers(
            WriterPlan(clients: 4, options: pair.primary.socketOptions, table: pair.table), journal: journal)
        var plan = WriterPlan(clients: 4, options: pair.either, table: pair.table, patience: .seconds(1))
        plan.firstClient = 5
        let outside = Writers(plan, journal: journal)
        let onePrimary = OnePrimary(pair.sockets)
        async let insideRun: Void = inside.run(on: loop)
        async let outsideRun: Void = lab["clients"].run { try await outside.run(on: $0) }
        async let watch: Void = onePrimary.run(on: loop)
        try await inside.acknowledge(20, on: loop)
        try await outside.acknowledge(20, on: loop)

        try lab.cause(.unplugged("primary"))
        if synchronous {
            let waiting = "SELECT count(*) >= 4 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            try await pair.withSession(pair.primary, loop) { try await ReplicatedPair.wait($0, for: waiting) }
        } else {
            try await inside.acknowledge(20, on: loop)
        }
        try await pair.promote(loop)
        try await outside.acknowledge(20, on: loop)
        if !synchronous {
            try await inside.acknowledge(4, on: loop)
            try await onePrimary.wait(on: loop) { !$0.violations.isEmpty }
        }
        inside.stop(within: .zero)
        outside.stop()
        onePrimary.stop()
        try await insideRun
        try await outsideRun
        await watch

        let checker = Checker(pair.table, on: loop)
        return Outcome(
            check: try await checker.check(pair.standby.socketOptions, against: journal),
            onLoser: try await checker.acknowledgedOnly(
                on: pair.primary.socketOptions, notOn: pair.standby.socketOptions, according: journal),
            acknowledging: onePrimary.acknowledging, outside: outside.measurements)
    }

    @Test("Control: with asynchronous replication acknowledged rows are lost, and found where they are")
    func asynchronous() async throws {
        let generator = SeededGenerator()
        let outcome = try await partition(synchronous: false, seed: generator.seed)
        #expect(outcome.check.lost.count >= 20 && !outcome.check.holds, generator.note)
        #expect(outcome.onLoser == outcome.check.lost, generator.note)
        #expect(
            outcome.acknowledging.violations.map(\.description) == [
                "primary was a primary on timeline 1 after standby was one on 2"
            ], generator.note)
        #expect(outcome.acknowledging.succession == ["primary", "standby"], generator.note)
    }

    @Test("With synchronous replication the same loses nothing that was acknowledged")
    func synchronous() async throws {
        let generator = SeededGenerator()
        let outcome = try await partition(synchronous: true, seed: generator.seed)
        #expect(outcome.check.holds, "\(outcome.check): \(generator.note)")
        #expect(outcome.check.acknowledged >= 60, generator.note)
        #expect(outcome.onLoser.isEmpty && outcome.acknowledging.violations.isEmpty, generator.note)
        #expect(outcome.outside.errorCount > 0, generator.note)
        GapTable.shared.add(
            GapTable.Row(
                "primary cut off, standby promoted by hand", seed: generator.seed, outcome.outside, outcome.check))
    }
}
