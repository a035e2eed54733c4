import Basics
import Glibc
import HTTP
import Postgres
import Processes
import SystemTestSupport
import TestSupport
import Testing

/// What happens when the disk is full.
@Suite(.enabled(if: Machine.canMount)) struct DiskTests {
    /// Runs `body` with a system whose state is on a file system of its own, of that size.
    private static func withDisk(
        _ size: String, _ body: @escaping @Sendable (ParlorSystem, String) async throws -> Void
    ) async throws {
        try await ParlorSystem.with("disk", .new) { system in
            let disk = "\(system.place)/disk"
            try Files.makeFolder(disk)
            guard mount("tmpfs", disk, "tmpfs", 0, "mode=0755,size=\(size)") == 0 else {
                throw ParlorError.systemCall("mount", path: disk, errno: errno)
            }
            defer { umount2(disk, Int32(MNT_DETACH)) }
            try await body(system.with(["PARLOR_STATE": "\(disk)/state"]), disk)
        }
    }

    @Test("A first start on a disk without room says so, and succeeds when there is some")
    func firstStart() async throws {
        try await Self.withDisk("16m") { system, disk in
            for command in [["up", "--solo"], ["up", "--solo", "--detach"]] {
                expectRefusal(
                    try await system.start(command).outcome(), .diskFull, "there is no room for a new database",
                    "Free some space")
            }
            #expect(ProcessReading.processes(of: system.state).isEmpty)
            mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=400m")
            try await system.succeed("up", "--solo", "--detach")
        }
    }

    @Test("Without room for a single file, that is said too")
    func nothing() async throws {
        try await Self.withDisk("64k") { system, disk in
            TinyDisk.fill("\(disk)/filler")
            expectRefusal(try await system.run("up", "--solo"), .diskFull, "no space left on device", "Free some space")
            try Files.remove("\(disk)/filler")
            mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=400m")
            try await system.succeed("up", "--solo", "--detach")
        }
    }

    @Test(
        "A disk that fills up is reported, loses nothing that was acknowledged, and all is well when there is room again"
    )
    func fillingUp() async throws {
        try await Self.withDisk("320m") { system, disk in
            try await system.succeed("up", "--solo", "--detach")
            try await system.keep(["first"])
            let filler = "\(disk)/filler"
            TinyDisk.fill(filler)
            let acknowledged = try await Self.writeUntilFull(system)
            // The server cannot go on without room for its log: it ends, and cannot be started.
            try await system.status { status in
                status.parts.contains { $0.name == "postgres" && $0.restarts > 1 && $0.state != .ready }
            }
            let health = try await system.run("health")
            #expect(health.code == ErrorCode.unhealthy.exitStatus)
            #expect(health.output.contains("postgres is "))
            print("a full disk is reported as: \(health.output)")
            try await system.waitUntilDatabase(is: .serviceUnavailable)
            try Files.remove(filler)
            _ = try await measured("healing after the disk has room again") {
                try await system.status { $0.isHealthy }
            }
            #expect(Set(acknowledged).isSubset(of: try await system.kept()))
            try await system.waitUntilDatabase(is: .ok)
            try await system.succeed("down")
        }
    }

    /// Writes rows, and begins a new file of the server's log after each, until the server ends for want of room; gives
    /// back those that were acknowledged.
    private static func writeUntilFull(_ system: ParlorSystem) async throws -> [String] {
        try await system.withDatabase { database in
            var acknowledged = ["first"]
            var answer: String?
            for number in 0..<1000 where database.isOpen {
                do {
                    try await database.query("INSERT INTO kept VALUES ($1)", "\(number)")
                    acknowledged.append("\(number)")
                    try await database.query("SELECT pg_switch_wal()")
                } catch { answer = ParlorError(describing: error).summary }
            }
            guard let answer, !database.isOpen else { throw Failure("the disk does not become full") }
            print("a full disk is told to clients as: \(answer)")
            return acknowledged
        }
    }
}
