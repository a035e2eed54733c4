package import Basics
import Glibc

/// The one S3 server of a test process, OpenStack Swift, started by the first test that wants it.
///
/// It holds the other end of a pipe that only this process has, and ends, with everything it has written, when that
/// closes: so it never outlives the tests, however they end. As root it is started as the user `nobody`.
package final class S3TestServer: Sendable {
    /// The port of the S3 interface on 127.0.0.1. Hosts below `localhost` name buckets.
    package let port: Int
    /// The public part of the credentials.
    package let accessKey = "test:tester"
    /// The part that signs.
    package let secretKey: Secret

    private static let started = Result { try S3TestServer() }

    /// The server, started when it does not run yet.
    package static func shared() throws -> S3TestServer { try started.get() }

    private init() throws {
        secretKey = Secret(RandomIdentifier.hex(bytes: 16))
        let script = try Files.readText(Files.parent(of: #filePath) + "/object-store.py")
        let identity = getuid() == 0 ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] : []
        let words = ["/usr/bin/setpriv"] + identity + ["/usr/bin/python3", "-c", script, "test_tester"]
        let output = try S3TestServer.start(words + [secretKey.reveal()])
        defer { close(output) }
        let text = S3TestServer.line(of: output)
        guard let port = Int(text) else {
            throw ParlorError(
                .startFailed, "the S3 server for tests did not start",
                hint: "Install the packages of debian-packages.txt.", detail: text)
        }
        self.port = port
    }

    /// Starts the program; gives back where its output can be read.
    private static func start(_ words: [String]) throws(ParlorError) -> Int32 {
        let (leash, output) = (try pipe(), try pipe())
        defer {
            close(leash.read)
            close(output.write)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, leash.read, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, output.write, 2)
        let variables = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=/nonexistent"]
        var texts: [UnsafeMutablePointer<CChar>?] = words.map { text in strdup(text) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { text in strdup(text) } + [nil]
        defer { for text in texts + environment { free(text) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, words[0], &actions, nil, &texts, &environment)
        guard status == 0 else { throw .systemCall("posix_spawn", path: words[0], errno: status) }
        return output.read
    }

    /// Both ends are closed in every program that this process starts, but for those it is told to keep.
    private static func pipe() throws(ParlorError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw .systemCall("pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// The first line, or everything when the program ends.
    private static func line(of descriptor: Int32) -> String {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1 {
            // Python warns of what will change in versions to come.
            if byte == UInt8(ascii: "\n"), text.allSatisfy({ (0x30...0x39).contains($0) }) { break }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
