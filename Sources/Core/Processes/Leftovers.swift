import Basics
import CLinux
import Glibc
public import Loop

/// Finds and ends what a supervisor that was killed left behind.
///
/// Every child carries a mark in its environment, which its own children inherit: whose state folder it serves, which
/// part it is,
/// and how it is asked to stop. A mark cannot go stale as a file of process numbers can.
public enum Leftovers {
    static let variable = "PARLOR_INTERNAL_PART"

    /// A process that belongs to a state folder.
    struct Mark: Equatable {
        var stateFolder: String
        var part: String
        var stopSignal: Int32

        var text: String { "\(stopSignal):\(part):\(stateFolder)" }

        init(stateFolder: String, part: String, stopSignal: Int32) {
            self.stateFolder = stateFolder
            self.part = part
            self.stopSignal = stopSignal
        }

        init?(_ text: String) {
            let pieces = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard pieces.count == 3, let signal = Int32(pieces[0]) else { return nil }
            self.init(stateFolder: String(pieces[2]), part: String(pieces[1]), stopSignal: signal)
        }
    }

    /// The variable that marks a program which makes something for a part of a state folder, and all that it starts.
    public static func mark(of part: String, in stateFolder: String) -> [String: String] {
        [variable: Mark(stateFolder: stateFolder, part: part, stopSignal: SIGKILL).text]
    }

    private static func mark(of pid: Int32) -> Mark? {
        ProcessTable.environment(variable, of: pid).flatMap(Mark.init)
    }

    /// Asks the processes of `stateFolder` to stop, kills those that have not after `limit`, and names the parts that
    /// were there.
    public static func clear(
        _ stateFolder: String, within limit: Duration, on loop: EventLoop
    ) async throws -> [String] {
        var parts: Set<String> = []
        // One that is ended may have started another since the look at it.
        while case let found = try await endAll(stateFolder, within: limit, on: loop), !found.isEmpty {
            parts.formUnion(found)
        }
        return parts.sorted()
    }

    /// Kills every process of a part, and every one that works in `folder`, and comes back when none is left; throws
    /// when the kernel has not let go of one within `limit`. Programs may hide their marks, but not where they work.
    public static func kill(
        _ part: String, of stateFolder: String, workingIn folder: String, within limit: Duration, on loop: EventLoop
    ) async throws {
        let deadline = ContinuousClock.now + limit
        // The kernel tells where a process really works.
        let folder = Files.resolved(folder) ?? folder
        // One that is ended may have started another since the look at it.
        while true {
            let found = ProcessTable.processes.filter { pid in
                pid != getpid() && isOf(part, stateFolder, folder, pid)
            }
            guard !found.isEmpty else { return }
            for pid in found {
                guard let process = ProcessWatch(pid, on: loop) else { continue }
                defer { process.close() }
                // The number may have been given to another process before the descriptor held it.
                guard isOf(part, stateFolder, folder, pid) else { continue }
                process.kill()
                let timer = loop.schedule(after: max(.zero, deadline - .now)) { process.close() }
                defer { timer.cancel() }
                do { try await process.ended() } catch {
                    throw ParlorError(
                        .system, "a process of \(part) does not die", why: "it has not ended within \(limit.brief)",
                        hint: "It may be waiting for a disk or a file server that does not answer: look at dmesg.")
                }
            }
        }
    }

    private static func isOf(_ part: String, _ stateFolder: String, _ folder: String, _ pid: Int32) -> Bool {
        if let mark = mark(of: pid), mark.part == part, mark.stateFolder == stateFolder { return true }
        return Files.resolved("/proc/\(pid)/cwd") == folder
    }

    private static func endAll(
        _ stateFolder: String, within limit: Duration, on loop: EventLoop
    ) async throws -> Set<String> {
        var parts: Set<String> = []
        for pid in ProcessTable.processes where pid != getpid() && mark(of: pid)?.stateFolder == stateFolder {
            let pidfd = parlor_pidfd_open(pid)
            guard pidfd >= 0 else { continue }
            defer { close(pidfd) }
            // The number may have been given to another process before the descriptor held it.
            guard let mark = mark(of: pid), mark.stateFolder == stateFolder else { continue }
            parts.insert(mark.part)
            try await end(pidfd, mark, within: limit, on: loop)
        }
        return parts
    }

    private static func end(_ pidfd: Int32, _ mark: Mark, within limit: Duration, on loop: EventLoop) async throws {
        let watch = try DescriptorWatch(pidfd, on: loop)
        defer { watch.close() }
        _ = parlor_pidfd_signal(pidfd, mark.stopSignal)
        // One that was halted does not see any other signal before.
        _ = parlor_pidfd_signal(pidfd, SIGCONT)
        let timer = loop.schedule(after: limit) { _ = parlor_pidfd_signal(pidfd, SIGKILL) }
        defer { timer.cancel() }
        try await watch.readable()
    }
}
