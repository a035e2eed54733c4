import Basics
import Glibc
public import Loop
public import Redis
import ServerTestSupport
import Synchronization

/// A private redis-server with a password, on a socket and on 127.0.0.1, that ends with the test process.
///
/// Most tests share one, each in a database of its own; a test that stops or kills a server starts its own.
public final class TestRedis: Sendable {
    /// The options that lead to it through its socket.
    public let options: RedisOptions
    /// The same over TCP.
    public let tcpOptions: RedisOptions
    private let folder: ServerFolder
    private let arguments: [String]
    private let process: Mutex<ServerProcess>

    private static let started = Result { try TestRedis() }
    private static let databases = Mutex(0)
    private static let program = "redis-server"

    /// The shared server, started when it does not run yet.
    public static func shared() throws -> TestRedis { try started.get() }

    /// Starts a server and waits until it is ready; one with a certificate and its key, as PEM text, speaks only TLS over
    /// TCP.
    public init(certificate: String? = nil, key: String? = nil) throws {
        let password = Secret.generate()
        let folder = try Self.makeFolder(password)
        let isEncrypted = certificate != nil
        if let certificate, let key {
            try folder.write(certificate, to: "redis.crt")
            try folder.write(key, to: "redis.key")
        }
        func arguments(_ port: Int) -> [String] {
            guard isEncrypted else { return [folder.path("redis.conf"), "--port", "\(port)"] }
            return [
                folder.path("redis.conf"), "--port", "0", "--tls-port", "\(port)", "--tls-cert-file",
                folder.path("redis.crt"), "--tls-key-file", folder.path("redis.key"), "--tls-ca-cert-file",
                folder.path("redis.crt"), "--tls-auth-clients", "no",
            ]
        }
        let (process, port) = try ServerProcess.ready(folder.path(Self.program), in: folder, arguments: arguments)
        self.folder = folder
        self.arguments = arguments(port)
        self.process = Mutex(process)
        options = RedisOptions(
            .path(folder.path("socket")), password: password, clientName: "parlor-tests",
            connectTimeout: .seconds(60), commandTimeout: .seconds(60), settlingTime: .seconds(60))
        var tcpOptions = options
        tcpOptions.address = .tcp(host: "127.0.0.1", port: port)
        self.tcpOptions = tcpOptions
    }

    private static func makeFolder(_ password: Secret) throws(ParlorError) -> ServerFolder {
        let folder = try ServerFolder(
            for: ServerKind(
                "redis", user: "nobody", group: "nogroup", ending: .kill, readyWords: "Ready to accept connections"))
        // Debian's package of that name starts a server for the whole machine, but its program is only a link to one of
        // redis-tools, which goes by the name it is called.
        let candidates = ["/usr/bin/redis-server", "/usr/bin/redis-check-rdb"]
        guard let installed = candidates.first(where: { Files.exists($0) }) else {
            throw ParlorError(.engineMissing, "redis-tools is not installed")
        }
        try folder.link(program, to: installed)
        let configuration = """
            bind 127.0.0.1
            unixsocket \(folder.path("socket"))
            unixsocketperm 700
            requirepass \(password.reveal())
            databases 4096
            save ""
            appendonly no
            dir \(folder.path)

            """
        try folder.write(configuration, to: "redis.conf")
        return folder
    }

    /// The server's process.
    public var pid: Int32 { process.withLock { $0.pid } }

    /// Kills it, and waits for its end.
    public func kill() { process.withLock { $0 }.stop() }

    /// Stops it in its tracks, as a machine that hangs, until `resume`.
    public func pause() { Glibc.kill(pid, SIGSTOP) }

    /// Lets it go on.
    public func resume() { Glibc.kill(pid, SIGCONT) }

    /// Starts it again at the same addresses after it was killed, and waits until it is ready.
    public func start(on loop: EventLoop) async throws {
        let ready = LoopWait<Void>()
        let started = try ServerProcess(folder.path(Self.program), arguments, in: folder) { progress in
            loop.execute {
                if case .ended(let log) = progress {
                    let text = log.joined(separator: "\n")
                    ready.fail(ParlorError(.startFailed, "the test server did not start again", detail: text))
                }
                ready.succeed()
            }
        }
        process.withLock { $0 = started }
        try await ready.value(on: loop)
    }

    /// A database that no other test has.
    public static func freshDatabase() -> Int {
        databases.withLock { last in
            last += 1
            return last
        }
    }
}
