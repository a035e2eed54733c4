import Basics
import Glibc

/// Runs the programs that arrange networks, to their ends.
enum RootCommand {
    static func ip(_ arguments: String...) throws(ParlorError) { try ip(arguments) }

    static func ip(_ arguments: [String]) throws(ParlorError) { try run("/usr/sbin/ip", arguments) }

    /// Runs a program with a text for its input; what it says is the reason when it fails.
    static func run(_ program: String, _ arguments: [String], input: String = "") throws(ParlorError) {
        let (given, said) = (try Pipe(), try Pipe())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, given.reading, 0)
        posix_spawn_file_actions_adddup2(&actions, said.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, said.writing, 2)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { text in strdup(text) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), nil]
        defer { for text in words + environment { free(text) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, program, &actions, nil, &words, &environment)
        guard status == 0 else { throw .systemCall("posix_spawn", path: program, errno: status) }
        given.closeReading()
        said.closeWriting()
        // A pipe holds more than any of these texts.
        try? Files.write(Array(input.utf8), to: given.writing, path: "pipe")
        given.closeWriting()
        let output = said.readAll()
        var ending: Int32 = 0
        while waitpid(pid, &ending, 0) < 0 && errno == EINTR {}
        guard ending == 0 else {
            let why = output.split(separator: "\n").last.map(String.init)
            throw ParlorError(
                .programFailed, "\(Files.name(of: program)) \(arguments.joined(separator: " ")) failed", why: why)
        }
    }
}

/// A pipe whose ends other children do not get.
private final class Pipe {
    private(set) var reading: Int32
    private(set) var writing: Int32

    init() throws(ParlorError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .systemCall("pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        closeReading()
        closeWriting()
    }

    func closeReading() {
        if reading >= 0 { close(reading) }
        reading = -1
    }

    func closeWriting() {
        if writing >= 0 { close(writing) }
        writing = -1
    }

    func readAll() -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(reading, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
        }
    }
}
