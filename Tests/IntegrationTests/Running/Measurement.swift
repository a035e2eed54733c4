import Basics

/// Measures how long `body` takes, and prints it beside what the test says.
func measured<Result>(
    _ what: String, _ body: () async throws -> Result
) async throws -> (result: Result, time: Duration) {
    let start = ContinuousClock.now
    let result = try await body()
    let time = ContinuousClock.now - start
    print("measured: \(what): \(time.milliseconds) ms")
    return (result, time)
}
