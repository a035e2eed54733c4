import Basics
import Drills
import FaultTestSupport
import Loop
import SystemTestSupport
import Testing

/// A cluster that the tests of a suite share: it comes up from nothing before the first of them and is ended after the
/// last. The tests of such a suite run one after the other, and each leaves the cluster whole.
struct ClusterScope: SuiteTrait, TestScoping {
    /// Where a cluster is, and what it is told by variables.
    struct Place: Sendable {
        let path: String
        let environment: [String: String]
    }

    /// That of the suite.
    @TaskLocal static var current: Place?

    let settings: [String: String]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await Sandbox.use("cluster") { path in
            let place = try await start(in: path)
            try await Self.$current.withValue(place) { try await function() }
        }
    }

    private func start(in path: String) async throws -> Place {
        try await EventLoop.onThread { loop in
            let system = try ParlorSystem(place: path, ParlorSystem.ofCluster.merging(settings) { $1 }, on: loop)
            let start = ContinuousClock.now
            try await system.succeed("up", "--detach")
            print("measured: a cluster from nothing: \(start.duration(to: .now).milliseconds) ms")
            return Place(path: path, environment: system.environment)
        }
    }

    /// Runs `body` with the cluster of the suite.
    static func with<Result: Sendable>(
        _ body: @escaping @Sendable (ParlorSystem) async throws -> Result
    ) async throws -> Result {
        guard let place = current else { throw Failure("the suite has no cluster") }
        return try await EventLoop.onThread { loop in
            try await body(ParlorSystem(place: place.path, place.environment, on: loop))
        }
    }
}

extension Trait where Self == ClusterScope {
    /// The tests of the suite share a cluster, with these settings as variables.
    static func cluster(_ settings: [String: String] = [:]) -> Self { ClusterScope(settings: settings) }
}
