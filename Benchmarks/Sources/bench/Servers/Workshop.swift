import Basics
import Glibc
import Loop
import Processes

/// Where a run works: its folder, its loop, and the things that it is measured against.
struct Workshop: Sendable {
    /// A folder of this run's own, removed at its end.
    let folder: String
    /// What `yardsticks` unpacked.
    let yardsticks: String
    /// The scripts of the yardsticks.
    let peers: String
    /// The checkout that is measured.
    let checkout: String
    let loop: EventLoop

    /// Who PostgreSQL runs as, because it refuses root.
    private static let account = "parlor"

    init(packageRoot: String, yardsticks: String, on loop: EventLoop) throws {
        folder = "/tmp/parlor-bench-\(RandomIdentifier.hex(bytes: 4))"
        peers = "\(packageRoot)/Peers"
        checkout = Files.parent(of: packageRoot)
        self.yardsticks = yardsticks
        self.loop = loop
        try Files.makeFolder(folder, mode: 0o755)
    }

    func remove() { try? Files.remove(folder) }

    /// A folder in it for a server that must not be root.
    func serverFolder(_ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Files.makeFolder(path)
        if let account = Self.unprivileged { chown(path, account.user, account.group) }
        return path
    }

    /// Gives what is in a folder to whom servers run as.
    func handOver(_ folder: String) async throws {
        guard let account = Self.unprivileged else { return }
        _ = try await output(of: Program("/bin/chown", ["-R", "\(account.user):\(account.group)", folder]))
    }

    /// The name of whom servers run as.
    var serverUser: String { Self.unprivileged?.name ?? UserAccount.current.name }

    private static var unprivileged: UserAccount? { getuid() == 0 ? UserAccount(named: account) : nil }

    /// The program as the user whom PostgreSQL accepts.
    func unprivileged(_ program: String, _ arguments: [String], environment: [String: String] = [:]) -> Program {
        guard let account = Self.unprivileged else { return Program(program, arguments, environment: environment) }
        let identity = ["--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups"]
        return Program("/usr/bin/setpriv", identity + [program] + arguments, environment: environment)
    }

    /// Starts a server and waits until `isReady`.
    func start(
        _ program: Program, log: String, isReady: () async throws -> Bool
    ) async throws -> Child {
        let path = "\(folder)/\(log).log"
        let output = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw ParlorError.systemCall("open", path: path, errno: errno) }
        defer { close(output) }
        let child = try Child(starting: program, output: .descriptors(output: output, error: output), on: loop)
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !isReady() {
            guard child.isRunning, ContinuousClock.now < deadline else {
                child.signal(SIGKILL)
                let text = (try? Files.readText(path)) ?? ""
                throw ParlorError(
                    .startFailed, "\(log) did not start", why: text.split(separator: "\n").last.map { String($0) })
            }
            try await loop.sleep(for: .milliseconds(20))
        }
        return child
    }

    /// Starts something that listens on a port of 127.0.0.1.
    func start(_ program: Program, log: String, port: Int) async throws -> Child {
        try await start(program, log: log) { await listens(.tcp(host: "127.0.0.1", port: port)) }
    }

    func listens(_ address: SocketAddress) async -> Bool {
        guard let socket = try? await Socket.connect(to: address, within: .seconds(1), on: loop) else { return false }
        socket.close()
        return true
    }

    /// A port that is free now.
    func freePort() throws -> Int {
        let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
        defer { listener.close() }
        guard case .tcp(_, let port) = listener.address else { throw ParlorError(.connection, "there is no free port") }
        return port
    }

    /// Ends a child and waits for that.
    func stop(_ child: Child) async {
        child.signal(SIGINT)
        let timer = loop.schedule(after: .seconds(10)) { child.signal(SIGKILL) }
        _ = try? await child.exitStatus()
        timer.cancel()
    }

    /// Runs a program to its end; its output.
    func output(of program: Program, within limit: Duration = .seconds(120)) async throws -> String {
        try await Child.runSuccessfully(program, within: limit, on: loop)
    }

    /// What a program did that prints how often and in how many seconds.
    func sample(of program: Program, name: String) async throws -> Sample {
        let text = try await output(of: program)
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let count = Int(words[0]), let elapsed = Double(words[1]) else {
            throw ParlorError(.programFailed, "what \(name) printed has no figures in it", detail: text)
        }
        return Sample(count, in: .seconds(elapsed))
    }
}
