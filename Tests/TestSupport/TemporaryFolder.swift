import Basics

/// Gives a test a new folder of its own, and removes it afterwards, whatever happens.
package func withTemporaryFolder<Result>(
    _ body: nonisolated(nonsending) (String) async throws -> Result
) async throws -> Result {
    let folder = try newTemporaryFolder()
    defer { try? Files.remove(folder) }
    return try await body(folder)
}

/// The same for a test that does not wait for anything.
package func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try newTemporaryFolder()
    defer { try? Files.remove(folder) }
    return try body(folder)
}

private func newTemporaryFolder() throws -> String {
    let folder = "/tmp/parlor-test-\(RandomIdentifier.hex(bytes: 8))"
    try Files.makeFolder(folder)
    return folder
}
