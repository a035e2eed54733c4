import Basics
import Loop

extension ClusterSystem {
    /// Looks again and again until it is so; throws `failure` when it is not within `limit`.
    func wait(
        within limit: Duration, lookingEvery pause: Duration, otherwise failure: @autoclosure () -> ParlorError,
        until isSo: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while try await !isSo() {
            guard ContinuousClock.now < deadline else { throw failure() }
            try await loop.sleep(for: pause)
        }
    }
}
