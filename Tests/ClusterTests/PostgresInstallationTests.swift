import Basics
import Loop
import Testing

@testable import Cluster

@Suite struct PostgresInstallationTests {
    @Test(
        "The major version is read from what the program says of itself",
        arguments: [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15), ("postgres (PostgreSQL) 14.2", 14),
            ("postgres (PostgreSQL) 16beta1", 16), ("postgres (PostgreSQL) 17devel\n", 17),
            ("postgres (PostgreSQL) 9.6.24", 9), ("postgres (PostgreSQL)", nil), ("postgres (PostgreSQL) next", nil),
            ("postgres 15.18", nil), ("", nil),
        ])
    func majorVersion(text: String, expected: Int?) { #expect(PostgresInstallation.majorVersion(text) == expected) }

    @Test("The installed PostgreSQL is found, by itself and in the folder that is named")
    func installed() async throws {
        try await EventLoop.onThread { loop in
            let found = try await PostgresInstallation.find(in: nil, dataVersion: nil, on: loop)
            #expect(PostgresInstallation.supported.contains(found.version))
            #expect(found.folder == PostgresInstallation.debianFolder(found.version))
            #expect(found.program("initdb") == "\(found.folder)/initdb" && Files.exists(found.program("initdb")))
            for folder in [nil, found.folder] {
                #expect(
                    try await PostgresInstallation.find(in: folder, dataVersion: found.version, on: loop) == found)
            }
        }
    }

    /// The error of a search, for people.
    private func failure(in folder: String?, dataVersion: Int? = nil, on loop: EventLoop) async -> String {
        do {
            let found = try await PostgresInstallation.find(in: folder, dataVersion: dataVersion, on: loop)
            return "found \(found)"
        } catch {
            let error = ParlorError(describing: error)
            return "[\(error.code)] \(error)"
        }
    }

    @Test("A folder that is missing or holds no program is named")
    func missing() async throws {
        try await withFolderAndLoop { folder, loop in
            for folder in [folder, "\(folder)/nowhere"] {
                #expect(
                    await failure(in: folder, on: loop) == """
                        [engine_missing] there is no postgres in \(folder)
                        HINT: Correct database.binaries, or leave it out to use the installed PostgreSQL.
                        """)
            }
        }
    }

    @Test("A version that Parlor does not work with is refused")
    func unsupported() async throws {
        try await withFolderAndLoop { folder, loop in
            let script = "#!/bin/sh\necho 'postgres (PostgreSQL) 13.4'\n"
            try await Unprivileged.script(script, to: "\(folder)/postgres", on: loop)
            #expect(
                await failure(in: folder, on: loop) == """
                    [engine_unsupported] PostgreSQL 13 in \(folder) is not supported: Parlor works with 14, 15, 16, 17
                    HINT: Install postgresql-15, or name the folder of a supported version in database.binaries.
                    """)
        }
    }

    @Test(
        "A program that does not say its version is refused",
        arguments: [
            ("echo hello", "[engine_unsupported] ", " does not say which version of PostgreSQL it is"),
            ("echo broken >&2; exit 3", "[program_failed] ", "postgres failed: it exited with status 3: broken"),
        ])
    func silent(body: String, start: String, end: String) async throws {
        try await withFolderAndLoop { folder, loop in
            try await Unprivileged.script("#!/bin/sh\n\(body)\n", to: "\(folder)/postgres", on: loop)
            let failure = await failure(in: folder, on: loop)
            #expect(failure.hasPrefix(start) && failure.contains(end), "\(failure)")
        }
    }

    @Test("Data of another version than the programs is refused")
    func mismatch() async throws {
        try await EventLoop.onThread { loop in
            let found = try await PostgresInstallation.find(in: nil, dataVersion: nil, on: loop)
            let other = found.version == 14 ? 16 : 14
            #expect(
                await failure(in: found.folder, dataVersion: other, on: loop) == """
                    [engine_unsupported] the data was written by PostgreSQL \(other): the programs in \(found.folder) are \
                    of version \(found.version)
                    HINT: Name the folder of PostgreSQL \(other) in database.binaries, or leave that key out.
                    """)
            #expect(
                await failure(in: nil, dataVersion: 12, on: loop) == """
                    [engine_unsupported] the data was written by PostgreSQL 12, which is not supported: Parlor works with \
                    14, 15, 16, 17
                    HINT: Bring the data to a supported version with pg_upgrade or with a dump.
                    """)
        }
    }

    private static let absent = PostgresInstallation.supported.first {
        !Files.exists("\(PostgresInstallation.debianFolder($0))/postgres")
    }

    @Test("Data of a version that is not installed says which one to install", .enabled(if: absent != nil))
    func notInstalled() async throws {
        let version = try #require(Self.absent)
        try await EventLoop.onThread { loop in
            #expect(
                await failure(in: nil, dataVersion: version, on: loop) == """
                    [engine_missing] PostgreSQL \(version) is not installed: the data in the state folder was written by \
                    that version
                    HINT: Run "apt-get install postgresql-\(version)" as root.
                    """)
        }
    }
}
