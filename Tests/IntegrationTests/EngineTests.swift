import Basics
import Glibc
import Processes
import SystemTestSupport
import Testing

/// What happens when PostgreSQL is not what is needed.
@Suite struct EngineTests {
    @Test("A folder without PostgreSQL is a fault of the configuration")
    func emptyFolder() async throws {
        try await ParlorSystem.unlimited("empty", .new) { system in
            let folder = "\(system.place)/bin"
            try Files.makeFolder(folder, mode: 0o755)
            let outcome = try await system.with(["PARLOR_DATABASE_BINARIES": folder]).run("up")
            expectRefusal(outcome, .configuration, "PARLOR_DATABASE_BINARIES", "postgres and initdb not found there")
            #expect(try Files.status(system.state) == nil)
        }
    }

    @Test(
        "A version that is not supported is refused",
        arguments: [
            ("postgres (PostgreSQL) 13.4", "13"), ("postgres (PostgreSQL) 99beta1", "99"),
            ("something else", "does not say"),
        ])
    func unsupported(answer: String, words: String) async throws {
        try await ParlorSystem.unlimited("old", .new) { system in
            let folder = "\(system.place)/bin"
            try Files.makeFolder(folder, mode: 0o755)
            for name in ["postgres", "initdb"] {
                try Files.writeAtomically("#!/bin/sh\necho '\(answer)'\n", to: "\(folder)/\(name)", mode: 0o755)
            }
            let outcome = try await system.with(["PARLOR_DATABASE_BINARIES": folder]).run("up")
            expectRefusal(outcome, .engineUnsupported, words)
            #expect(try Files.list("\(system.state)/postgres") == [])
        }
    }

    @Test("Data of a version that is not installed is left alone")
    func otherData() async throws {
        try await ParlorSystem.with("data", .stopped) { system in
            let file = "\(system.state)/postgres/data/PG_VERSION"
            let version = try Files.readText(file)
            let other = try #require([14, 16, 17].first { !Files.exists("/usr/lib/postgresql/\($0)") })
            try Files.writeAtomically("\(other)\n", to: file, mode: 0o644)
            expectRefusal(
                try await system.run("up"), .engineMissing, "PostgreSQL \(other) is not installed",
                "apt-get install postgresql-\(other)")
            try Files.writeAtomically(version, to: file, mode: 0o644)
            if Machine.isRoot { chown(file, ParlorSystem.account.user, ParlorSystem.account.group) }
            try await system.succeed("up", "--solo", "--detach")
        }
    }

    @Test(
        "Where PostgreSQL is not installed, that is said with the command that installs it",
        .enabled(if: Machine.canMount))
    func missing() async throws {
        try await ParlorSystem.unlimited("missing", .new) { system in
            // In a name space of its own, so that nobody else misses it.
            let hidden = [
                "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
                "mount -t tmpfs none /usr/lib/postgresql && exec \"$@\"", "sh",
            ]
            let outcome = try await system.start(["up"], through: hidden).outcome()
            expectRefusal(outcome, .engineMissing, "PostgreSQL 15 is not installed", "apt-get install postgresql-15")
        }
    }
}
