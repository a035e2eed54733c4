import Basics
import Glibc

/// A program that is told lines and answers with lines, and ends when nobody holds this any more.
struct Leash: ~Copyable {
    private let input: Int32
    private let output: Int32

    /// Starts a program.
    init(_ words: [String]) throws(ParlorError) {
        let (telling, answering) = (try Leash.pipe(), try Leash.pipe())
        defer {
            close(telling.read)
            close(answering.write)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, telling.read, 0)
        posix_spawn_file_actions_adddup2(&actions, answering.write, 1)
        posix_spawn_file_actions_adddup2(&actions, answering.write, 2)
        let variables = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=/nonexistent"]
        var texts: [UnsafeMutablePointer<CChar>?] = words.map { text in strdup(text) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { text in strdup(text) } + [nil]
        defer { for text in texts + environment { free(text) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, words[0], &actions, nil, &texts, &environment)
        guard status == 0 else { throw .systemCall("posix_spawn", path: words[0], errno: status) }
        (input, output) = (telling.write, answering.read)
    }

    deinit {
        close(input)
        close(output)
    }

    /// Tells it a line.
    borrowing func tell(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(input, bytes, bytes.count)
    }

    /// The words after the first one of the next line that begins with it; nil when the program ends.
    borrowing func answer(beginningWith word: String) -> [String]? {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1 {
            guard byte == UInt8(ascii: "\n") else {
                text.append(byte)
                continue
            }
            let words = String(decoding: text, as: UTF8.self).split(separator: " ").map { String($0) }
            if words.first == word { return Array(words.dropFirst()) }
            text = []
        }
        return nil
    }

    /// Both ends are closed in every program that this process starts, but for those it is told to keep.
    private static func pipe() throws(ParlorError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw .systemCall("pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
