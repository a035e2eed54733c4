import Basics
import Synchronization

/// What has to be remembered about keys and passwords: whether somebody replaces them, and what the parts that read
/// their files at their start alone have read.
final class Rotation: Sendable {
    private struct State {
        var isUnderWay = false
        var read: [String: (file: String, certificates: Set<Substring>)] = [:]
    }

    private let state = Mutex(State())

    /// Runs `body` unless another one is under way.
    func alone<Result>(_ body: () async throws -> Result) async throws -> Result {
        let isFree = state.withLock { state in
            defer { state.isUnderWay = true }
            return !state.isUnderWay
        }
        guard isFree else {
            throw ParlorError(
                .alreadyRunning, "keys or passwords are being replaced",
                hint: "Wait until that is done, then try again.")
        }
        defer { state.withLock { $0.isUnderWay = false } }
        return try await body()
    }

    /// Takes that a part starts now, and reads that file.
    func starts(_ part: String, with file: String) {
        let certificates = (try? Self.certificates(file)) ?? []
        state.withLock { $0.read[part] = (file, certificates) }
    }

    /// Whether what a part has read is what stands there now.
    func isFresh(_ part: String) throws(ParlorError) -> Bool {
        guard let read = state.withLock({ $0.read[part] }) else { return false }
        return try Self.certificates(read.file) == read.certificates
    }

    /// In whichever order they stand.
    private static func certificates(_ file: String) throws(ParlorError) -> Set<Substring> {
        let lines = try Files.readText(file).split(separator: "\n")
        return Set(lines.split { $0.hasPrefix("-----") }.map { $0.joined()[...] })
    }
}
