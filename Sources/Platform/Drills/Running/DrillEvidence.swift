import Basics
import Loop
import State

/// The journal of a drill on the disk, and the lock that lets one drill run at a time.
struct DrillEvidence {
    /// What clients were told.
    let journal: Journal
    private let folder: String
    private let lock: FileLock

    /// Takes the lock, and removes the journal of a drill that was killed.
    static func begin(in state: StateFolder, on loop: EventLoop) async throws -> DrillEvidence {
        let folder = "\(state.path)/drills"
        try Files.makeFolder(folder)
        guard let lock = try FileLock.take("\(folder)/lock") else {
            throw ParlorError(
                .alreadyRunning, "another drill runs on this system", hint: "Wait until it has ended.")
        }
        let path = "\(folder)/journal"
        if Files.exists(path) { try Files.remove(path) }
        return DrillEvidence(journal: try await Journal.create(path, on: loop), folder: folder, lock: lock)
    }

    /// Where the journal is kept that shows what was lost.
    func keep() throws(ParlorError) -> String {
        let place = "\(folder)/journal-\(Timestamp.now().rfc3339Seconds)"
        try Files.move(journal.path, to: place)
        return place
    }

    /// Removes a journal that nobody needs.
    func discard() { try? Files.remove(journal.path) }
}
