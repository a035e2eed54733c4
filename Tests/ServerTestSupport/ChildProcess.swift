import Basics
import Glibc

/// A program that runs unprivileged, its output in a pipe, and that ends with the thread that started it.
struct ChildProcess {
    let pid: pid_t
    /// Where its standard output and error can be read.
    private let output: Int32

    /// Starts a program; as root it runs as the user of `kind`. The kernel sends it that kind's ending signal when the
    /// calling thread or the whole process ends.
    init(_ program: String, _ arguments: [String], _ kind: ServerKind, home: String) throws(ParlorError) {
        let pipe = try closedOnExecution()
        defer { close(pipe.writing) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, pipe.writing, 2)
        // Whatever the test process has open stays its own; closing what is closed already is no error here.
        for descriptor in try Files.list("/proc/self/fd").compactMap({ Int32($0) }) where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let identity = getuid() == 0 ? ["--reuid=\(kind.user)", "--regid=\(kind.group)", "--clear-groups"] : []
        let words = ["/usr/bin/setpriv"] + identity + ["--pdeathsig", kind.ending.name, program] + arguments
        let variables = ["HOME=\(home)", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"]
        var texts: [UnsafeMutablePointer<CChar>?] = words.map { text in strdup(text) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { text in strdup(text) } + [nil]
        defer { for text in texts + environment { free(text) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, "/usr/bin/setpriv", &actions, nil, &texts, &environment)
        guard status == 0 else {
            close(pipe.reading)
            throw .systemCall("posix_spawn", path: program, errno: status)
        }
        self.pid = pid
        output = pipe.reading
    }

    /// Hands each line of output to `line` until everybody who could write has ended.
    func readLines(_ line: (String) -> Void) {
        defer { close(output) }
        var rest: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(output, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            rest += chunk.prefix(count)
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
        }
        if !rest.isEmpty { line(String(decoding: rest, as: UTF8.self)) }
    }

    /// Waits for its end; 0 when it ended well.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status
    }
}

/// A pipe that children of other tests do not inherit.
func closedOnExecution() throws(ParlorError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .systemCall("pipe", errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}
