import Basics
import Drills
import FaultTestSupport
import Loop
import SystemTestSupport
import Testing

/// A cluster on three hosts that the tests of a suite share, like `ClusterScope` for one machine.
struct HostsScope: SuiteTrait, TestScoping {
    private struct Place: Sendable {
        let lab: NetworkLab
        let path: String
        let environment: [String: String]
    }

    /// That of the suite.
    @TaskLocal private static var current: Place?

    let settings: [String: String]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let lab = try NetworkLab(hosts: HostedCluster.names)
        try await Sandbox.use("hosts") { path in
            let place = try await start(lab, in: path)
            try await Self.$current.withValue(place) { try await function() }
        }
        try lab.remove()
    }

    private func start(_ lab: NetworkLab, in path: String) async throws -> Place {
        try await EventLoop.onThread { loop in
            let cluster = try HostedCluster(lab, place: path, settings, on: loop)
            let start = ContinuousClock.now
            try await cluster.begin()
            print("measured: a cluster of three hosts from nothing: \(start.duration(to: .now).milliseconds) ms")
            return Place(lab: lab, path: path, environment: cluster.environment)
        }
    }

    /// Runs `body` with the cluster of the suite.
    static func with<Result: Sendable>(
        _ body: @escaping @Sendable (HostedCluster) async throws -> Result
    ) async throws -> Result {
        guard let place = current else { throw Failure("the suite has no hosts") }
        return try await EventLoop.onThread { loop in
            try await body(HostedCluster(place.lab, place: place.path, place.environment, on: loop))
        }
    }
}

extension Trait where Self == HostsScope {
    /// The tests of the suite share a cluster on three hosts, with these settings as variables.
    static func hosts(_ settings: [String: String] = [:]) -> Self { HostsScope(settings: settings) }
}

/// Faults of the hosts of a suite.
extension FaultRun where System == HostedCluster {
    /// The host that the leader was on.
    var host: String { system.host(of: leader) }

    /// Does `fault` to the hosts of the suite, with two clients on each of them, and leaves the network whole.
    static func onHosts(
        _ name: String, _ fault: @escaping @Sendable (FaultRun) async throws -> Void
    ) async throws -> FaultFinding {
        try await HostsScope.with { system in
            let finding = try await run(name, on: system, clients: 2, pace: .milliseconds(40)) { run in
                let outcome: Result<Void, any Error>
                do { outcome = .success(try await fault(run)) } catch { outcome = .failure(error) }
                try run.system.lab.healAll()
                try outcome.get()
            }
            let places = finding.measurements.sorted { $0.key < $1.key }.map { place, seen in
                "\(place)\(place == finding.hit ? " (hit)" : "") \(seen.longestGap.milliseconds) ms \(seen.allErrors)"
            }
            print("measured: \(name): \(places.joined(separator: ", "))")
            return finding
        }
    }

    /// Goes on for so long with clients that write, however slowly.
    func last(_ duration: Duration) async throws {
        let start = ContinuousClock.now
        while start.duration(to: .now) < duration { try await acknowledge() }
    }
}
