import Basics
import Etcd
import Loop
import Processes
import Synchronization

@testable import Cluster

/// What a guard did, in its order, with means that a test holds back or has fail.
///
/// Used on the loop only, but for what is written down.
final class GuardRecord: Sendable {
    /// Something that a guard did.
    enum Deed: Equatable, Sendable {
        case kill(String)
        case revoke(EtcdLease.Identity)
        case settled
        case report(String, String?)
    }

    private let list = Mutex<[Deed]>([])
    private let arrivals: AsyncStream<Deed>
    private let send: AsyncStream<Deed>.Continuation

    init() { (arrivals, send) = AsyncStream.makeStream() }

    /// Everything so far.
    var deeds: [Deed] { list.withLock { $0 } }

    /// What was done, without what was said about it.
    var acts: [Deed] { deeds.filter { if case .report = $0 { false } else { true } } }

    /// What was said.
    var reports: [Deed] { deeds.filter { if case .report = $0 { true } else { false } } }

    func add(_ deed: Deed) {
        list.withLock { $0.append(deed) }
        send.yield(deed)
    }

    /// Comes back when `deed` has been done once more; one test waits at a time.
    func wait(for deed: Deed) async { for await arrival in arrivals where arrival == deed { return } }

    /// Means that write down what they are used for; `kill` and `revoke` may do more, or throw.
    func means(
        kill: @escaping @Sendable () async throws -> Void = {},
        revoke: @escaping @Sendable () async throws -> Void = {}
    ) -> NodeGuard.Means {
        NodeGuard.Means(
            kill: { [self] reason in
                add(.kill(reason))
                try await kill()
            },
            revoke: { [self] lease in
                add(.revoke(lease))
                try await revoke()
            },
            report: { [self] what, error in add(.report(what, error?.summary)) })
    }
}

/// A program that behaves like PostgreSQL's first process: it works in its data folder, writes its number into a lock
/// file there, and takes that along when it is told to stop.
struct GuardedServer: Sendable {
    /// A shell that waits for anything longer may miss a signal.
    private static let script = """
        trap 'rm -f postmaster.pid; exit 0' TERM
        echo $$ > postmaster.pid
        while :; do sleep 0.05; done
        """

    /// Its data folder.
    let folder: String
    private let loop: EventLoop

    /// A server that has never run.
    init(in folder: String, on loop: EventLoop) throws {
        self.folder = folder
        self.loop = loop
        try Files.makeFolder(folder)
        Unprivileged.give(folder)
    }

    /// Starts it and waits for its lock.
    func start() async throws -> Child {
        let child = try run(["/bin/sh", "-c", Self.script])
        while (try? Files.readText("\(folder)/postmaster.pid")) != "\(child.pid)\n" {
            guard child.isRunning else { throw ParlorError(.startFailed, "the script ended") }
            try await loop.sleep(for: .milliseconds(2))
        }
        return child
    }

    /// Starts another process that works in the data folder, and goes on when the first one is gone.
    func startBackend() throws -> Child { try run(["/bin/sleep", "600"]) }

    private func run(_ words: [String]) throws -> Child {
        // Becoming another user makes the kernel forget what ends with the parent.
        var program = Unprivileged.program(
            "/usr/bin/setpriv", ["--pdeathsig", "KILL"] + words, environment: ["PATH": "/usr/bin:/bin"])
        program.folder = folder
        return try Child(starting: program, on: loop)
    }
}
