import Basics
import Loop
import TestSupport
import Testing

@testable import Cluster

@Suite struct PostgresInstallationTests {
    @Test(
        "PostgreSQL itself says what it has against a setting, without a server",
        arguments: [
            ("work_mem", "64MB", nil), ("TimeZone", "UTC", nil), ("zero_damaged_pages", "on", nil),
            ("auto_explain.log_min_duration", "1s", nil), ("search_path", "a, b", nil),
            ("wrok_mem", "1MB", "unrecognized configuration parameter \"wrok_mem\""),
            ("jit", "perhaps", "parameter \"jit\" requires a Boolean value"),
            (
                "work_mem", "1XB",
                "invalid value for parameter \"work_mem\": \"1XB\"; "
                    + "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\"."
            ),
            ("shared_preload_libraries", "auto_explain, pg_stat_statements", nil),
            ("block_size", "1", "parameter \"block_size\" cannot be changed"),
        ] as [(String, String, String?)])
    func objections(name: String, value: String, objection: String?) async throws {
        try await withFolderAndLoop { folder, loop in
            let installation = try await Unprivileged.installation(home: folder, on: loop)
            #expect(try await installation.objection(to: name, value, on: loop) == objection)
        }
    }

    @Test(
        "What no words of the server's explain is told as it is",
        arguments: [("", "it does not say why"), ("a\nb\n", "b")])
    func unexplained(output: String, expected: String) {
        #expect(PostgresInstallation.objection(in: output) == expected)
    }

    @Test("A library that is not beside PostgreSQL's own is told, as no server would start with it")
    func missingLibrary() async throws {
        try await withFolderAndLoop { folder, loop in
            try Files.makeFolder("\(folder)/lib")
            for name in ["plpgsql", "auto_explain"] { try Files.writeAtomically("", to: "\(folder)/lib/\(name).so") }
            let installation = PostgresInstallation(folder: "\(folder)/bin", version: 15)
            let objection = try await installation.objection(
                to: "Shared_Preload_Libraries", "auto_explain, \"nolib\"", on: loop)
            #expect(objection == "library \"nolib\" is not installed")
        }
    }

    @Test("An optional library counts where it stands beside the programs", arguments: ["lib", "lib/postgresql"])
    func libraries(place: String) throws {
        try withTemporaryFolder { folder in
            let installation = PostgresInstallation(folder: "\(folder)/bin", version: 15)
            #expect(installation.libraries == [])
            try Files.makeFolder("\(folder)/\(place)")
            try Files.writeAtomically("", to: "\(folder)/\(place)/pgaudit.so")
            #expect(installation.libraries == ["pgaudit"])
        }
    }

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
