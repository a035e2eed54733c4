import Basics
import Glibc
import Loop
import Processes
import SystemTestSupport
import Testing

/// An agent that a service manager started and wants to hear of.
@Suite struct NotifyTests {
    @Test("A service manager hears that the agent is ready when every part is, and that it stops when it is told to")
    func readyAndStopping() async throws {
        try await ParlorSystem.with("notify", .stopped) { system in
            let manager = try NotifyListener(at: "\(system.place)/notify", on: system.loop)
            defer { manager.close() }
            let agent = try system.with(["NOTIFY_SOCKET": manager.path]).start("agent", "--solo")
            try await manager.hears("READY=1")
            #expect(manager.messages.filter { $0.hasPrefix("READY=1") } == ["READY=1\nSTATUS=every part is ready"])
            #expect(manager.messages.contains("STATUS=service: starting"))
            #expect(try await system.status().isHealthy)
            // What the agent starts has nothing to tell.
            let processes = ProcessReading.processes(of: system.state).filter { $0 != agent.child.pid }
            #expect(!processes.isEmpty)
            for pid in processes {
                // A session of PostgreSQL's may have ended since.
                let environment = (try? Files.read("/proc/\(pid)/environ")) ?? []
                #expect(!String(decoding: environment, as: UTF8.self).contains("NOTIFY_SOCKET"))
            }
            agent.child.signal(SIGTERM)
            try await manager.hears("STOPPING=1")
            #expect(try await agent.outcome().code == 0)
        }
    }

    @Test("An agent that does not come up says nothing of being ready")
    func failing() async throws {
        try await ParlorSystem.with("notify-failing", .stopped) { system in
            let manager = try NotifyListener(at: "\(system.place)/notify", on: system.loop)
            defer { manager.close() }
            let migrations = "\(system.place)/migrations"
            try Files.makeFolder("\(migrations)/1_bad", mode: 0o755)
            try Files.writeAtomically("SELECT missing", to: "\(migrations)/1_bad/migration.sql", mode: 0o644)
            let agent = try system.with(["NOTIFY_SOCKET": manager.path, "PARLOR_DATABASE_MIGRATIONS": migrations])
                .start("agent", "--solo")
            #expect(try await agent.outcome().code != 0)
            manager.readWhatIsThere()
            #expect(manager.messages.contains("STATUS=postgres: ready"))
            #expect(!manager.messages.contains { $0.hasPrefix("READY") })
        }
    }
}

/// The end of `NOTIFY_SOCKET` that a service manager has. Used on the loop only.
private final class NotifyListener: @unchecked Sendable {
    let path: String
    // Guard of @unchecked Sendable: loop only.
    private(set) var messages: [String] = []
    private let descriptor: Int32
    private let watch: DescriptorWatch
    private let loop: EventLoop

    init(at path: String, on loop: EventLoop) throws {
        (self.path, self.loop) = (path, loop)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw ParlorError.systemCall("bind", path: path, errno: errno) }
        // Everybody may write there, as in systemd's.
        chmod(path, 0o666)
        self.descriptor = descriptor
        watch = try DescriptorWatch(descriptor, on: loop)
    }

    func close() {
        watch.close()
        Glibc.close(descriptor)
    }

    /// Waits for a message that begins with this.
    func hears(_ beginning: String) async throws {
        let timer = loop.schedule(after: .seconds(120)) { [watch] in
            watch.fail(Failure("nobody said \(beginning)"))
        }
        defer { timer.cancel() }
        while true {
            readWhatIsThere()
            if messages.contains(where: { $0.hasPrefix(beginning) }) { return }
            try await watch.readable()
        }
    }

    func readWhatIsThere() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
            messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
    }
}
