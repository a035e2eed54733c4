import Basics
import Glibc
import Synchronization

/// A server's start, watched by a thread that stays until the server has ended.
///
/// The thread starts the server itself, because the kernel ends a child with the thread that started it.
final class Launch: Sendable {
    /// How a start goes on.
    enum Progress {
        case starting
        case ready(pid_t)
        case ended([String])
    }

    let port: Int
    private let program: String
    private let folder: String
    private let state = Mutex(Progress.starting)
    private let started = Semaphore()
    /// A pipe whose writing end is closed when the server has ended.
    private let end: (read: Int32, write: Int32)

    /// A semaphore in memory that does not move.
    private struct Semaphore: @unchecked Sendable {
        // Guard of @unchecked Sendable: semaphores are made for threads.
        let memory = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(memory, 0, 0) }
    }

    init(program: String, folder: ServerFolder, port: Int) throws(ParlorError) {
        self.program = program
        self.folder = folder.path
        self.port = port
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .systemCall("pipe", errno: errno) }
        end = (ends[0], ends[1])
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Launch>.fromOpaque(argument).takeRetainedValue().watch()
                return nil
            }, me.toOpaque())
        guard status == 0 else {
            me.release()
            throw .systemCall("pthread_create", errno: status)
        }
        pthread_detach(thread)
    }

    /// The server's process, 0 when it does not run.
    var pid: pid_t {
        if case .ready(let pid) = state.withLock({ $0 }) { pid } else { 0 }
    }

    /// Waits until the server accepts connections or has ended.
    func waitUntilReady() -> Progress {
        while sem_wait(started.memory) != 0 {}
        return state.withLock { $0 }
    }

    /// Ends the server and waits for that, at most for ten seconds.
    func stop() {
        let pid = pid
        guard pid > 0 else { return }
        kill(pid, SIGQUIT)
        var wanted = pollfd(fd: end.read, events: Int16(POLLIN), revents: 0)
        poll(&wanted, 1, 10_000)
    }

    private func watch() {
        var lines: [String] = []
        do throws(ParlorError) {
            let child = try ChildProcess(program, arguments, home: folder)
            child.readLines { line in
                lines = lines.suffix(200) + [line]
                if line.hasSuffix("database system is ready to accept connections") { report(.ready(child.pid)) }
            }
            _ = child.wait()
        } catch {
            lines.append(error.debugDescription)
        }
        report(.ended(lines))
        close(end.write)
    }

    private func report(_ progress: Progress) {
        state.withLock { $0 = progress }
        sem_post(started.memory)
    }

    private var arguments: [String] {
        let settings = [
            "port": "\(port)", "listen_addresses": "127.0.0.1", "unix_socket_directories": folder,
            "hba_file": "\(folder)/pg_hba.conf",
            "ssl": "on", "ssl_cert_file": "\(folder)/server.crt", "ssl_key_file": "\(folder)/server.key",
            "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "32MB",
            "max_connections": "200", "autovacuum": "off", "log_min_messages": "log",
        ]
        return ["-D", "\(folder)/data"]
            + settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }
}
