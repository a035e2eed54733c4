import Basics
import Glibc
import State
import Testing

@Suite struct StateFolderTests {
    private let me = geteuid()

    /// A place below a folder of the test's own, which is removed afterwards.
    private func withPlace(_ body: (_ path: String) throws -> Void) throws {
        let folder = "/tmp/parlor-state-\(RandomIdentifier.hex(bytes: 6))"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try body("\(folder)/state")
    }

    private func code(_ body: () throws -> Void) -> ErrorCode? {
        do { try body() } catch { return (error as? ParlorError)?.code }
        return nil
    }

    @Test("A new folder is complete, private, and the same when it is opened again")
    func created() throws {
        try withPlace { path in
            #expect(try StateFolder.open(path, owner: me) == nil)
            let folder = try StateFolder.create(path, owner: me)
            for part in [folder.logs, folder.run, folder.postgres, folder.secrets.folder] {
                #expect(try Files.status(part)?.mode == 0o700)
            }
            #expect(try StateFolder.open(path, owner: me) == folder)
            #expect(try StateFolder.create(path, owner: me) == folder)
        }
    }

    @Test("A creation that was killed half way is completed by the next one", arguments: 0..<4)
    func interrupted(step: Int) throws {
        try withPlace { path in
            try Files.makeFolder(path)
            for name in ["run", "logs", "secrets"].prefix(step) { try Files.makeFolder("\(path)/\(name)") }
            try Files.writeAtomically("1", to: "\(path)/format.1234abcd.new")
            #expect(try StateFolder.open(path, owner: me) == nil)
            #expect(try Files.exists(StateFolder.create(path, owner: me).logs))
        }
    }

    @Test("A link to the folder is as good as the folder")
    func link() throws {
        try withPlace { path in
            let folder = try StateFolder.create(path, owner: me)
            #expect(symlink(path, "\(path)-link") == 0)
            #expect(try StateFolder.open("\(path)-link", owner: me) == folder)
        }
    }

    @Test("A folder of a newer version is refused and left as it is")
    func newer() throws {
        try withPlace { path in
            let folder = try StateFolder.create(path, owner: me)
            try Files.writeAtomically("2\n", to: "\(folder.path)/format")
            let error = #expect(throws: ParlorError.self) { try StateFolder.create(path, owner: me) }
            #expect(error?.code == .stateFolderNewer)
            #expect(error?.why == "its format is 2, and this Parlor reads up to 1")
            #expect(try Files.readText("\(folder.path)/format") == "2\n")
        }
    }

    @Test(
        "A folder with other files in it, a damaged one and a file are refused", arguments: ["notes.txt", "format", ""])
    func notOurs(name: String) throws {
        try withPlace { path in
            if name.isEmpty {
                try Files.writeAtomically("hello\n", to: path)
            } else {
                try Files.makeFolder(path)
                try Files.writeAtomically("hello\n", to: "\(path)/\(name)")
            }
            #expect(code { _ = try StateFolder.create(path, owner: me) } == .stateFolder)
            #expect(try Files.readText(name.isEmpty ? path : "\(path)/\(name)") == "hello\n")
        }
    }

    @Test(
        "A folder of another user is refused by name", .enabled(if: geteuid() == 0, "needs root to give a folder away"))
    func foreign() throws {
        try withPlace { path in
            _ = try StateFolder.create(path, owner: me)
            #expect(chown(path, 65_534, 65_534) == 0)
            let error = #expect(throws: ParlorError.self) { try StateFolder.create(path, owner: me) }
            #expect(error?.code == .stateFolderForeign)
            #expect(error?.what.hasSuffix("belongs to nobody") == true)
        }
    }

    @Test("A path that sockets have no room for is refused before anything is made in it")
    func longPath() throws {
        try withPlace { path in
            let long = "\(path)/\(String(repeating: "a", count: 90))"
            let error = #expect(throws: ParlorError.self) { try StateFolder.create(long, owner: me) }
            #expect(error?.code == .stateFolder)
            #expect(!Files.exists(long))
            #expect(throws: ParlorError.self) { try StateFolder.create("\(path),with-a-comma", owner: me) }
        }
    }

    @Test("A folder that cannot be written says so with a hint", .enabled(if: geteuid() == 0, "needs root to mount"))
    func readOnly() throws {
        try withPlace { path in
            _ = try StateFolder.create(path, owner: me)
            try #require(mount(path, path, nil, UInt(MS_BIND), nil) == 0)
            defer { umount2(path, Int32(MNT_DETACH)) }
            try #require(mount(nil, path, nil, UInt(MS_REMOUNT | MS_BIND | MS_RDONLY), nil) == 0)
            let error = #expect(throws: ParlorError.self) { try StateFolder.create(path, owner: me) }
            #expect(error?.code == .stateFolder)
            #expect(error?.summary.contains("read-only file system") == true)
            #expect(error?.hint != nil)
        }
    }

    @Test("A full disk is its own error, and the folder is completed when there is room", .enabled(if: geteuid() == 0))
    func fullDisk() throws {
        try withPlace { path in
            try Files.makeFolder(path)
            try #require(mount("none", path, "tmpfs", 0, "size=16k,mode=700") == 0)
            defer { umount2(path, Int32(MNT_DETACH)) }
            try Files.makeFolder("\(path)/logs")
            let fill = "\(path)/logs/full"
            #expect(code { try Files.writeAtomically([UInt8](repeating: 1, count: 16 << 10), to: fill) } == nil)
            #expect(code { _ = try StateFolder.create(path, owner: me) } == .diskFull)
            try Files.remove(fill)
            #expect(try Files.exists(StateFolder.create(path, owner: me).agentSocket) == false)
        }
    }

    @Test("One process holds the folder at a time, and the other is told who does")
    func held() throws {
        try withPlace { path in
            let folder = try StateFolder.create(path, owner: me)
            let lock = try folder.hold()
            let error = #expect(throws: ParlorError.self) { try folder.hold() }
            #expect(error?.code == .alreadyRunning)
            #expect(error?.why == "another agent (process \(getpid())) runs on it")
            #expect(try folder.holder() == getpid())
            withExtendedLifetime(lock) {}
        }
    }

    @Test("Emptying removes everything, follows no link, and can be repeated")
    func emptied() throws {
        try withPlace { path in
            let folder = try StateFolder.create(path, owner: me)
            let outside = "\(path)-outside"
            try Files.makeFolder(outside)
            try Files.writeAtomically("mine", to: "\(outside)/kept")
            #expect(symlink(outside, "\(folder.logs)/link") == 0)
            try folder.empty()
            #expect(try Files.list(path).isEmpty)
            #expect(try Files.readText("\(outside)/kept") == "mine")
            try folder.empty()
        }
    }
}

@Suite struct SecretStoreTests {
    private func withStore(_ body: (SecretStore) throws -> Void) throws {
        let folder = "/tmp/parlor-secrets-\(RandomIdentifier.hex(bytes: 6))"
        defer { try? Files.remove(folder) }
        try body(SecretStore(folder: folder))
    }

    @Test("A secret is made once, readable by its owner alone, and long")
    func madeOnce() throws {
        try withStore { store in
            let secret = try store.secret("database")
            #expect(try store.secret("database") == secret)
            #expect(try store.secret("other") != secret)
            #expect(secret.reveal().utf8.count == 43)
            #expect(try Files.status(store.path(of: "database"))?.mode == 0o600)
        }
    }

    @Test("A secret can be replaced")
    func replaced() throws {
        try withStore { store in
            let first = try store.secret("database")
            try store.keep(Secret("another"), as: "database")
            #expect(try store.existing("database")?.reveal() == "another")
            #expect(first.reveal() != "another")
        }
    }

    @Test("A secret that others can read, and an empty one, are refused rather than used or replaced")
    func refused() throws {
        try withStore { store in
            _ = try store.secret("open")
            #expect(chmod(store.path(of: "open"), 0o644) == 0)
            #expect(throws: ParlorError.self) { try store.secret("open") }
            try store.keep(Secret(""), as: "empty")
            #expect(throws: ParlorError.self) { try store.secret("empty") }
        }
    }
}

@Suite struct StatePlaceTests {
    @Test("The folder stands beside the configuration unless PARLOR_STATE names another")
    func place() {
        #expect(StatePlace.find(environment: [:], root: "/srv/parlor") == "/srv/parlor/.parlor")
        #expect(StatePlace.find(environment: ["PARLOR_STATE": "/data"], root: "/srv/parlor") == "/data")
        #expect(StatePlace.find(environment: ["PARLOR_STATE": ""], root: "/srv") == "/srv/.parlor")
    }

    @Test(
        "Below a folder that its owner cannot enter the state goes elsewhere, and a link leads there",
        .enabled(if: geteuid() == 0, "needs root to act for another user"))
    func elsewhere() throws {
        let closed = "/tmp/parlor-closed-\(RandomIdentifier.hex(bytes: 6))"
        try Files.makeFolder("\(closed)/checkout")
        defer { try? Files.remove(closed) }
        let place = try StatePlace("\(closed)/checkout/.parlor", user: 65_534, group: 65_534)
        #expect(place.closedFolder == closed)
        let elsewhere = try #require(place.elsewhere)
        defer { try? Files.remove(elsewhere) }
        try place.make(for: 65_534, group: 65_534)
        #expect(Files.resolved("\(closed)/checkout/.parlor") == elsewhere)
        #expect(try Files.status(elsewhere)?.owner == 65_534)
        #expect(try Files.status("/var/lib/parlor")?.mode == 0o755)
    }

    @Test("Where its owner can reach it, the state stays")
    func stays() throws {
        let open = "/tmp/parlor-open-\(RandomIdentifier.hex(bytes: 6))"
        try Files.makeFolder(open)
        defer { try? Files.remove(open) }
        #expect(chmod(open, 0o755) == 0)
        let place = try StatePlace("\(open)/.parlor", user: 65_534, group: 65_534)
        #expect(place.elsewhere == nil)
    }
}
