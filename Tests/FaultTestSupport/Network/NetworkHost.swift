import Basics
import Glibc
package import Loop
package import Processes
import Synchronization

/// A host of a lab: a network of its own with one cable to the lab's switch, the files and users of this machine.
///
/// A socket file works from everywhere, whatever happens to the cable; that is the way to look at a host that is cut
/// off, and the way in which clients on a host write to its server.
package struct NetworkHost: Hashable, Sendable {
    /// The end of its cable.
    static let interface = "eth0"

    /// Its name within the lab.
    package let name: String
    /// The address of its cable.
    package let address: String
    let namespace: String

    private var network: NetworkNamespace { NetworkNamespace(name: namespace) }

    /// The words before a command line by which it is a part of the host.
    package var wrapper: [String] { ["/usr/bin/nsenter", "--net=\(network.path)"] }

    /// The processes on it; this one is none, wherever its threads are.
    package var processes: [Int32] { network.processes }

    /// Does something on this thread as a part of the host: a server that is started, a socket that is opened belongs to
    /// the host for good. The body waits for nothing.
    package func inside<Result>(_ body: () throws -> Result) throws -> Result { try network.inside(body) }

    /// Starts a program on the host as an ordinary user, who cannot leave it. The kernel kills it when this thread ends,
    /// which must be the loop's.
    package func start(
        _ program: Program, as user: UserAccount, output: Child.Output = .discarded, on loop: EventLoop
    ) throws -> Child {
        try inside { try Child(starting: program.run(as: user), output: output, on: loop) }
    }

    /// Runs a loop on a thread of the host for as long as `body` takes: every connection that it makes comes from there.
    ///
    /// The body stays on the loop: what it awaits must be delivered there. A thread that the runtime made for a task
    /// elsewhere would be born in the host's network, and `NetworkLab.remove` refuses to end with such a one.
    package func run<Result: Sendable>(
        _ body: @escaping @Sendable (EventLoop) async throws -> Result
    ) async throws -> Result {
        let visit = HostVisit<Result>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Given back outside again: who is resumed may get a thread made for him.
                let thread = OwnThread {
                    continuation.resume(with: Swift.Result { try inside { try visit.run(body) } })
                }
                thread.detach()
            }
        } onCancel: {
            visit.cancel()
        }
    }
}

/// A thread that runs a loop for one task.
private final class HostVisit<Result: Sendable>: Sendable {
    private struct State {
        var task: Task<Result, any Error>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    func run(_ body: @escaping @Sendable (EventLoop) async throws -> Result) throws -> Result {
        let loop = try EventLoop()
        return try loop.run {
            // Unstructured because what is cancelled is on another thread.
            let task = Task(executorPreference: loop) { try await body(loop) }
            let isCancelled = self.state.withLock { state in
                state.task = task
                return state.isCancelled
            }
            if isCancelled { task.cancel() }
            return try await task.value
        }
    }

    func cancel() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}

extension Program {
    /// The same program as another user with that user's groups only; as it is when this process is not privileged. It
    /// still ends with its parent.
    package func run(as user: UserAccount) -> Program {
        guard UserAccount.current.isRoot else { return self }
        var wrapped = self
        wrapped.executable = "/usr/bin/setpriv"
        wrapped.name = "setpriv"
        // The kernel forgets the death signal when the user changes.
        let death = parentDeathSignal.map { ["--pdeathsig", Self.signalNames[$0] ?? "KILL"] } ?? []
        wrapped.arguments =
            ["--reuid=\(user.user)", "--regid=\(user.group)", "--clear-groups"] + death + [executable] + arguments
        return wrapped
    }

    /// setpriv knows signals by their names only.
    private static let signalNames = [SIGKILL: "KILL", SIGTERM: "TERM", SIGQUIT: "QUIT", SIGINT: "INT"]
}
