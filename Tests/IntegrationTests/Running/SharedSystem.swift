import Basics
import Loop
import SystemTestSupport

/// One running system for all tests that only look. It is started by the first of them, and ended with the process.
actor SharedSystem {
    private static let shared = SharedSystem()
    private var started: Task<String, any Error>?

    /// Runs `body` with it.
    static func with<Result: Sendable>(
        _ body: @escaping @Sendable (ParlorSystem) async throws -> Result
    ) async throws -> Result {
        let place = try await shared.place()
        return try await EventLoop.onThread { loop in try await body(ParlorSystem(place: place, on: loop)) }
    }

    private func place() async throws -> String {
        // Unstructured because tests that come later wait for the same start.
        let task = started ?? Task { try await Self.start() }
        started = task
        return try await task.value
    }

    private static func start() async throws -> String {
        let place = try await Sandbox.shared.newPlace("shared")
        return try await EventLoop.onThread { loop in
            try await ParlorSystem(place: place, on: loop).succeed("up", "--solo", "--detach")
            return place
        }
    }
}
