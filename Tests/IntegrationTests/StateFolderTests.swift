import Basics
import Glibc
import Postgres
import Processes
import SystemTestSupport
import Testing

/// What a state folder that cannot be used gets.
@Suite struct StateFolderTests {
    private static let commands = [
        ["up"], ["up", "--solo", "--detach"], ["status"], ["down"], ["health"], ["logs"], ["reset", "--yes"],
    ]

    /// Makes a folder of the user that the parts run as.
    private static func makeFolder(_ path: String, owner: UserAccount? = nil) throws {
        try Files.makeFolder(path)
        let owner = owner ?? ParlorSystem.account
        if Machine.isRoot { chown(path, owner.user, owner.group) }
    }

    private static func write(_ text: String, to path: String) throws {
        try Files.writeAtomically(text, to: path)
        if Machine.isRoot { chown(path, ParlorSystem.account.user, ParlorSystem.account.group) }
    }

    /// Every file below a folder with its content.
    private static func content(of folder: String) throws -> [String: [UInt8]] {
        try Machine.files(below: folder).reduce(into: [:]) { $0[$1] = try Files.read($1) }
    }

    /// Expects that every command refuses and leaves everything as it is.
    private static func expectRefusals(_ system: ParlorSystem, _ code: ErrorCode, _ words: String) async throws {
        let before = try content(of: system.place)
        for command in commands { expectRefusal(try await system.start(command).outcome(), code, words) }
        #expect(try content(of: system.place) == before)
    }

    @Test("A folder that a newer Parlor wrote is left alone")
    func newer() async throws {
        try await ParlorSystem.unlimited("newer", .new) { system in
            try Self.makeFolder(system.state)
            try Self.write("99\n", to: "\(system.state)/format")
            try Self.write("precious", to: "\(system.state)/data")
            try await Self.expectRefusals(system, .stateFolderNewer, "its format is 99")
        }
    }

    @Test("A folder with files of somebody else's is left alone")
    func foreignFiles() async throws {
        try await ParlorSystem.unlimited("files", .new) { system in
            try Self.makeFolder(system.state)
            try Self.write("precious", to: "\(system.state)/thesis.txt")
            try await Self.expectRefusals(system, .stateFolder, "it holds other files")
        }
    }

    @Test("A folder of another user is left alone", .enabled(if: Machine.isRoot))
    func foreignFolder() async throws {
        try await ParlorSystem.unlimited("foreign", .new) { system in
            try Self.makeFolder(system.state, owner: UserAccount(number: 65_534))
            try await Self.expectRefusals(system, .stateFolderForeign, "belongs to ")
        }
    }

    @Test("A folder of root's is left alone by an ordinary user", .enabled(if: !Machine.isRoot))
    func foreignToUser() async throws {
        try await ParlorSystem.unlimited("foreign", .new, ["PARLOR_STATE": "/usr/share"]) { system in
            expectRefusal(try await system.run("up"), .stateFolderForeign, "belongs to root")
        }
    }

    @Test("A file where the folder should be is left alone")
    func file() async throws {
        try await ParlorSystem.unlimited("file", .new) { system in
            try Self.write("precious", to: system.state)
            try await Self.expectRefusals(system, .stateFolder, "is not a folder")
        }
    }

    @Test("A folder whose path is too long for sockets is refused before anything is made")
    func longPath() async throws {
        try await ParlorSystem.unlimited("long", .new) { system in
            let long = system.with(["PARLOR_STATE": "\(system.state)/\(String(repeating: "x", count: 80))"])
            expectRefusal(try await long.run("up"), .stateFolder, "is too long")
            #expect(try Files.list(system.place) == [])
        }
    }

    @Test(
        "A folder on a file system that is read-only is told, and works again when it is not",
        .enabled(if: Machine.canMount))
    func readOnly() async throws {
        try await ParlorSystem.with("read-only", .stopped) { system in
            guard mount(system.state, system.state, nil, UInt(MS_BIND), nil) == 0,
                mount(nil, system.state, nil, UInt(MS_BIND | MS_REMOUNT | MS_RDONLY), nil) == 0
            else { throw ParlorError.systemCall("mount", path: system.state, errno: errno) }
            for command in [["up", "--solo"], ["up", "--solo", "--detach"]] {
                expectRefusal(try await system.start(command).outcome(), .stateFolder, "read-only file system")
            }
            #expect(try await system.succeed("status", "--json").json["healthy"] == false)
            umount2(system.state, Int32(MNT_DETACH))
            try await system.succeed("up", "--solo", "--detach")
        }
    }

    @Test("A damaged folder is told, and nothing is guessed")
    func damaged() async throws {
        try await ParlorSystem.with("damaged", .stopped) { system in
            try Self.write("one\n", to: "\(system.state)/format")
            expectRefusal(try await system.run("up", "--solo"), .stateFolder, "holds no number")
            try Self.write("1\n", to: "\(system.state)/format")
            chmod("\(system.state)/secrets/postgres_superuser", 0o644)
            expectRefusal(try await system.run("up", "--solo"), .stateFolder, "can be read by others", "chmod 600")
            chmod("\(system.state)/secrets/postgres_superuser", 0o600)
            try await system.succeed("up", "--solo", "--detach")
        }
    }

    @Test("What a first start that was killed half way left is made anew")
    func halfFinished() async throws {
        try await ParlorSystem.with("half", .new) { system in
            try Self.makeFolder(system.state)
            for folder in ["secrets", "logs", "run", "postgres", "postgres/data.partial"] {
                try Self.makeFolder("\(system.state)/\(folder)")
            }
            try Self.write("15\n", to: "\(system.state)/postgres/data.partial/PG_VERSION")
            try Self.write("kept-as-it-is\n", to: "\(system.state)/secrets/postgres_superuser")
            try Self.write("work_mem = '7MB'\n", to: "\(system.state)/postgres/custom.conf")
            try await system.succeed("up", "--solo", "--detach")
            #expect(try system.secret("postgres_superuser") == "kept-as-it-is")
            let workMemory = try await system.withDatabase {
                try await $0.query("SELECT current_setting('work_mem') AS value").only["value", as: String.self]
            }
            #expect(workMemory == "7MB")
            #expect(try Files.list("\(system.state)/postgres").contains("data.partial") == false)
        }
    }
}
