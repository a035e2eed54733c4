import Basics
import TestSupport
import Testing

@testable import Cluster

@Suite struct SettingsDifferenceTests {
    private func row(
        _ name: String, _ value: String, unit: String? = nil, kind: String = "integer", context: String = "postmaster"
    ) -> RunningSetting { RunningSetting(name, value, unit: unit, kind: kind, context: context) }

    private func wanted(_ pairs: (String, String)...) -> [ServerSetting] {
        pairs.map { ServerSetting($0.0, $0.1, .custom, "a test wants it") }
    }

    @Test(
        "A value is the same however it is written",
        arguments: [
            ("integer", "8kB", "16384", "128MB", true), ("integer", "8kB", "16384", "131072kB", true),
            ("integer", "8kB", "16384", "16384", true), ("integer", "8kB", "16384", "129MB", false),
            ("integer", "kB", "524288", "0.5GB", true), ("integer", "ms", "5000", "5s", true),
            ("integer", "min", "1", "1 min", true), ("integer", "s", "60", "1min", true),
            ("integer", "ms", "1000", "1000", true), ("integer", "ms", "-1", "-1", true),
            ("integer", "ms", "5000", "5MB", false), ("integer", nil, "10", "ten", false),
            ("integer", nil, "10", "", false), ("real", nil, "1.1", "1.10", true), ("real", nil, "4", "4.0", true),
            ("real", "ms", "2", "2ms", true), ("bool", nil, "on", "true", true), ("bool", nil, "off", "no", true),
            ("bool", nil, "on", "off", false), ("bool", nil, "on", "perhaps", false),
            ("enum", nil, "replica", "REPLICA", true), ("string", nil, "a, b", "a,b", true),
            ("string", nil, "a", "A", false), ("string", nil, "", "", true), ("string", nil, "a ", "a", true),
        ])
    func means(kind: String, unit: String?, running: String, text: String, expected: Bool) {
        let row = RunningSetting("x", running, unit: unit, kind: kind, context: "user")
        #expect(row.means(text) == expected)
    }

    @Test("A zone and a form of dates are the same in any case")
    func folded() {
        #expect(row("DateStyle", "ISO, YMD", kind: "string").means("iso, ymd"))
        #expect(row("TimeZone", "UTC", kind: "string").means("utc"))
    }

    @Test("What differs is told with what it takes; what nobody wants in particular is left alone")
    func items() {
        var pending = row("shared_buffers", "16384", unit: "8kB")
        pending.isRestartPending = true
        let difference = SettingsDifference(
            from: [
                pending, row("work_mem", "4096", unit: "kB", context: "user"),
                row("DateStyle", "ISO, YMD", kind: "string", context: "user"), row("jit", "on", kind: "bool"),
                row("block_size", "8192", context: "internal"),
            ],
            to: wanted(
                ("shared_buffers", "256MB"), ("work_mem", "8MB"), ("datestyle", "iso, ymd"), ("block_size", "16384"),
                ("pgaudit.log", "ddl"), ("max_connections", "300")))
        #expect(
            difference.items == [
                .init(
                    name: "shared_buffers", running: "16384", unit: "8kB", wanted: "256MB", change: .restart,
                    isPending: true),
                .init(
                    name: "work_mem", running: "4096", unit: "kB", wanted: "8MB", change: .reload, isPending: false),
                .init(name: "pgaudit.log", running: nil, wanted: "ddl", change: .reload, isPending: false),
                .init(name: "max_connections", running: nil, wanted: "300", change: .restart, isPending: false),
            ])
        #expect(difference.fixed == ["block_size"])
        #expect(difference.reloads.map(\.name) == ["work_mem", "pgaudit.log"])
        #expect(difference.restarts.map(\.name) == ["shared_buffers", "max_connections"])
    }

    // MARK: - The order

    private static let running: [(name: String, value: Int)] = [
        ("max_connections", 200), ("max_worker_processes", 8), ("max_wal_senders", 10),
        ("max_locks_per_transaction", 64), ("max_prepared_transactions", 0), ("shared_buffers", 16_384),
        ("work_mem", 4096),
    ]

    private func rollout(_ pairs: [(String, String)], replicas: Int = 2) -> SettingsRollout {
        let rows = Self.running.map {
            row($0.name, "\($0.value)", context: $0.name == "work_mem" ? "user" : "postmaster")
        }
        let wanted = pairs.map { ServerSetting($0.0, $0.1, .custom, "a test wants it") }
        return SettingsRollout(of: SettingsDifference(from: rows, to: wanted), replicas: replicas)
    }

    @Test(
        "The order is that of what PostgreSQL wants of replicas, and no write stops where none has to",
        arguments: [
            ([("work_mem", "4096")], 2, []),
            ([("work_mem", "8192")], 2, [.reload]),
            ([("max_connections", "300")], 0, [.reload, .restartPrimary]),
            (
                [("shared_buffers", "1")], 2,
                [.reload, .restartReplicas(keeping: []), .switchOver, .restartFormerPrimary]
            ),
            (
                [("max_connections", "300"), ("shared_buffers", "1")], 1,
                [.reload, .restartReplicas(keeping: []), .switchOver, .restartFormerPrimary]
            ),
            (
                [("max_connections", "100"), ("work_mem", "1")], 2,
                [.reload, .restartPrimary, .awaitReplay, .restartReplicas(keeping: [])]
            ),
            (
                [("max_connections", "100"), ("max_worker_processes", "16")], 2,
                [
                    .reload, .restartReplicas(keeping: ["max_connections"]), .restartPrimary, .awaitReplay,
                    .restartReplicas(keeping: []),
                ]
            ),
        ] as [([(String, String)], Int, [SettingsRollout.Step])])
    func order(wanted: [(String, String)], replicas: Int, steps: [SettingsRollout.Step]) {
        let rollout = rollout(wanted, replicas: replicas)
        #expect(rollout.steps == steps)
        #expect(rollout.stopsWrites == steps.contains(.restartPrimary))
    }

    @Test("At no step has a replica less than its primary of what it must have as much of")
    func property() {
        var generator = SeededGenerator()
        for _ in 0..<300 {
            let names = Self.running.map(\.name).shuffled(using: &generator).prefix(
                Int.random(in: 1...5, using: &generator))
            let wanted = names.map { ($0, "\(Int.random(in: 1...20_000, using: &generator))") }
            var cluster = SimulatedCluster(Self.running, wanted: wanted)
            for step in rollout(wanted).steps {
                cluster.perform(step)
                #expect(cluster.isSound, "\(generator.note): \(wanted), \(step)")
            }
            #expect(cluster.isComplete, "\(generator.note): \(wanted)")
        }
    }
}

/// A primary and its replicas, each with the values that it started with, and what the replicas know of the primary's.
private struct SimulatedCluster {
    private let wanted: [String: Int]
    private var primary: [String: Int]
    private var replica: [String: Int]
    private var former: [String: Int]?
    /// What the replicas have last replayed of the primary's values.
    private var replayed: [String: Int]

    init(_ running: [(name: String, value: Int)], wanted: [(String, String)]) {
        self.wanted = Dictionary(uniqueKeysWithValues: wanted.map { ($0.0, Int($0.1) ?? 0) })
        primary = Dictionary(uniqueKeysWithValues: running.map { ($0.name, $0.value) })
        (replica, replayed) = (primary, primary)
    }

    mutating func perform(_ step: SettingsRollout.Step) {
        switch step {
        case .reload:
            for name in wanted.keys where ServerSetting.change(of: name) == .reload {
                primary[name] = wanted[name]
                replica[name] = wanted[name]
            }
        case .restartReplicas(let kept): replica.merge(wanted.filter { !kept.contains($0.key) }) { $1 }
        case .switchOver: (former, primary, replayed) = (primary, replica, replica)
        case .restartFormerPrimary:
            former?.merge(wanted) { $1 }
            if let former { replica = former }
        case .restartPrimary: primary.merge(wanted) { $1 }
        case .awaitReplay: replayed = primary
        }
    }

    /// A replica holds as much as what it replays, be that old or new.
    var isSound: Bool {
        ServerSetting.namesHeldByReplicas.allSatisfy { name in
            let has = replica[name] ?? 0
            return has >= (replayed[name] ?? 0) && has >= (primary[name] ?? 0)
        }
    }

    var isComplete: Bool {
        wanted.allSatisfy { primary[$0.key] == $0.value && replica[$0.key] == $0.value }
    }
}
