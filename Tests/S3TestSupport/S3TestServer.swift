package import Basics
import Glibc
import Synchronization

/// An S3 server, OpenStack Swift; most tests share the one of the test process, started by the first that wants it.
///
/// It holds the other end of a pipe that only this process has, and ends, with everything it has written, when that
/// closes: so it never outlives the tests, however they end. As root it is started as the user `nobody`. Whoever
/// imposes faults on it wants one that is not shared.
package final class S3TestServer: Sendable {
    /// The port of the S3 interface on 127.0.0.1. Hosts below `localhost` name buckets.
    package let port: Int
    /// The port of the same interface behind TLS, as `localhost` or below it; faults happen here only.
    package let securePort: Int
    /// The authority that signed the certificate there, in a file that everybody may read.
    package let authorityFile: String
    /// The public part of the credentials.
    package let accessKey = "test:tester"
    /// The part that signs.
    package let secretKey: Secret

    /// How it is told what to do, and where it answers.
    private let leash: Mutex<Leash>

    private static let started = Result { try S3TestServer() }

    /// The server of this process, started when it does not run yet.
    package static func shared() throws -> S3TestServer { try started.get() }

    /// Starts a server of one's own, which ends with the last reference to it.
    package init() throws(ParlorError) {
        secretKey = Secret(RandomIdentifier.hex(bytes: 16))
        let script = try Files.readText(Files.parent(of: #filePath) + "/object-store.py")
        let identity = getuid() == 0 ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] : []
        let words = ["/usr/bin/setpriv"] + identity + ["/usr/bin/python3", "-c", script, "test_tester"]
        let leash = try Leash(words + [secretKey.reveal()])
        let answer = leash.answer(beginningWith: "listening")
        guard let answer, answer.count == 3, let port = Int(answer[0]), let securePort = Int(answer[1]) else {
            throw ParlorError(
                .startFailed, "the S3 server for tests did not start",
                hint: "Install the packages of debian-packages.txt.")
        }
        (self.port, self.securePort, authorityFile) = (port, securePort, answer[2])
        self.leash = Mutex(leash)
    }

    /// Makes something wrong with the port behind TLS until something else is; nil ends it.
    package func impose(_ fault: S3Fault?) throws(ParlorError) { _ = try ask(fault?.command ?? "none") }

    /// How many requests there were at the port behind TLS, and how many of them met a fault.
    package func requests() throws(ParlorError) -> (count: Int, faulty: Int) { try ask("count") }

    private func ask(_ line: String) throws(ParlorError) -> (count: Int, faulty: Int) {
        let numbers = leash.withLock { leash in
            leash.tell(line)
            return leash.answer(beginningWith: "done")?.compactMap { Int($0) }
        }
        guard let numbers, numbers.count == 2 else {
            throw ParlorError(.connection, "the S3 server for tests does not obey")
        }
        return (numbers[0], numbers[1])
    }
}
