import Loop
import Processes

/// The state of a system that ran and was stopped in order, made once; copies of it save the tests that do not need a
/// first start much of the disk's time.
actor StoppedSystem {
    private static let shared = StoppedSystem()
    private var made: Task<String, any Error>?

    /// Puts a copy at `state`.
    static func copy(to state: String, on loop: EventLoop) async throws {
        let original = try await shared.state()
        try await Child.runSuccessfully(
            Program("/bin/cp", ["--archive", "--reflink=auto", original, state]), within: .seconds(60), on: loop)
    }

    private func state() async throws -> String {
        // Unstructured because tests that come later wait for the same one.
        let task = made ?? Task { try await Self.make() }
        made = task
        return try await task.value
    }

    private static func make() async throws -> String {
        let place = try await Sandbox.shared.newPlace("stopped")
        return try await EventLoop.onThread { loop in
            let system = try ParlorSystem(place: place, on: loop)
            try await system.succeed("up", "--solo", "--detach")
            try await system.succeed("down")
            return system.state
        }
    }
}
