public import Basics
import Glibc
import Synchronization

/// One run of a server, watched by a thread that stays until it has ended.
///
/// States: starting, ready, ended. The thread starts the server itself, because the kernel ends a child with the thread
/// that started it; so no server outlives the test process, however that ends.
public final class ServerProcess: Sendable {
    /// How a run goes on.
    public enum Progress: Sendable {
        /// It accepts connections.
        case ready
        /// It has ended; the last lines of what it said.
        case ended([String])
    }

    private struct State {
        /// The process while it accepts connections, 0 before and afterwards.
        var pid: pid_t = 0
        /// The last lines of what it said, once it has ended.
        var log: [String]?
    }

    private let program: String
    private let arguments: [String]
    private let folder: ServerFolder
    private let report: @Sendable (Progress) -> Void
    private let state = Mutex(State())
    private let begun: Signal
    private let ended: Signal

    /// Starts a server that stays in `folder`; `report` is called on another thread when it is ready, and when it has
    /// ended.
    public init(
        _ program: String, _ arguments: [String], in folder: ServerFolder,
        report: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws(ParlorError) {
        self.program = program
        self.arguments = arguments
        self.folder = folder
        self.report = report
        (begun, ended) = (try Signal(), try Signal())
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ServerProcess>.fromOpaque(argument).takeRetainedValue().watch()
                return nil
            }, me.toOpaque())
        guard status == 0 else {
            me.release()
            throw .systemCall("pthread_create", errno: status)
        }
        pthread_detach(thread)
        // Before the folder is removed, because such actions run in the order opposite to that in which they were given.
        atEndOfProcess { self.stop() }
    }

    /// Starts a server at a port of its own and waits until it is ready. Another program may take the port between the
    /// search for it and its use, hence some attempts.
    public static func ready(
        _ program: String, in folder: ServerFolder, arguments: (_ port: Int) -> [String]
    ) throws(ParlorError) -> (process: ServerProcess, port: Int) {
        var log: [String] = []
        for _ in 0..<5 {
            let port = try freePort()
            let process = try ServerProcess(program, arguments(port), in: folder)
            guard let lines = process.logAtFailure() else { return (process, port) }
            log = lines
        }
        throw ParlorError(.startFailed, "the test server did not start", detail: log.joined(separator: "\n"))
    }

    /// Starts a server that has its port already, and waits until it is ready.
    public static func ready(
        _ program: String, _ arguments: [String], in folder: ServerFolder
    ) throws(ParlorError) -> ServerProcess {
        let process = try ServerProcess(program, arguments, in: folder)
        if let log = process.logAtFailure() {
            throw ParlorError(.startFailed, "\(program) did not start", detail: log.joined(separator: "\n"))
        }
        return process
    }

    /// The process, 0 when it does not run.
    public var pid: Int32 { state.withLock { $0.pid } }

    /// Waits until it is ready, or has ended without having been that; what it said then.
    private func logAtFailure() -> [String]? {
        begun.wait(milliseconds: -1)
        return state.withLock { $0.log }
    }

    /// Ends it at once and waits for that, at most for ten seconds.
    public func stop() {
        let pid = pid
        guard pid > 0 else { return }
        kill(pid, folder.kind.ending.number)
        ended.wait(milliseconds: 10_000)
    }

    private func watch() {
        // Threads of tasks block signals, and a child inherits that: not every server undoes it.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        var lines: [String] = []
        do throws(ParlorError) {
            let child = try ChildProcess(program, arguments, folder.kind, home: folder.path)
            child.readLines { line in
                lines = lines.suffix(200) + [line]
                guard pid == 0 && line.contains(folder.kind.readyWords) else { return }
                state.withLock { $0.pid = child.pid }
                begun.send()
                report(.ready)
            }
            _ = child.wait()
        } catch {
            lines.append(error.debugDescription)
        }
        state.withLock { $0 = State(log: lines) }
        begun.send()
        ended.send()
        report(.ended(lines))
    }
}
