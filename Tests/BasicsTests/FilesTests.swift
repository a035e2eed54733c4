import Basics
import TestSupport
import Glibc
import Testing

@Suite struct FilesTests {
    @Test("A file is written, replaced and read, and nothing else is left beside it")
    func atomicWrite() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/settings"
            try Files.writeAtomically("one", to: path)
            try Files.writeAtomically("two", to: path, mode: 0o640)
            #expect(try Files.readText(path) == "two")
            #expect(try Files.status(path)?.mode == 0o640)
            #expect(try Files.list(folder) == ["settings"])
        }
    }

    @Test("The mode of a written file does not depend on the umask")
    func modeAndMask() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically("", to: "\(folder)/open", mode: 0o666)
            #expect(try Files.status("\(folder)/open")?.mode == 0o666)
            try Files.writeAtomically("", to: "\(folder)/default")
            #expect(try Files.status("\(folder)/default")?.mode == 0o600)
        }
    }

    @Test("A write that fails leaves the old file and nothing beside it")
    func failedWrite() throws {
        try withTemporaryFolder { folder in
            try Files.makeFolder("\(folder)/target/full")
            #expect { try Files.writeAtomically("text", to: "\(folder)/target") } throws: { error in
                "\(error)".hasPrefix("rename failed on \(folder)/target: ")
            }
            #expect(try Files.list(folder) == ["target"])
            #expect(throws: ParlorError.self) { try Files.writeAtomically("text", to: "\(folder)/missing/file") }
        }
    }

    @Test("What a killed write left is removed, and nothing that only looks like it")
    func unfinished() throws {
        try withTemporaryFolder { folder in
            let kept = ["custom.conf", "custom.conf.new", "notes.0123456g.new", "pg_hba.conf.adc4b877"]
            for name in kept + ["pg_hba.conf.adc4b877.new"] { try Files.writeAtomically("", to: "\(folder)/\(name)") }
            try Files.removeUnfinished(in: folder)
            #expect(try Files.list(folder) == kept)
        }
    }

    @Test("Replacing a link leaves what it pointed to alone")
    func writeOverLink() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically("kept", to: "\(folder)/target")
            symlink("\(folder)/target", "\(folder)/link")
            try Files.writeAtomically("new", to: "\(folder)/link")
            #expect(try Files.readText("\(folder)/target") == "kept")
            #expect(try Files.status("\(folder)/link", followLinks: false)?.kind == .file)
        }
    }

    @Test("Reading stops at the limit, at what is not UTF-8 and at what is not there")
    func reading() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically([UInt8](repeating: 65, count: 100), to: "\(folder)/hundred")
            #expect(try Files.read("\(folder)/hundred", limit: ByteCount(100)).count == 100)
            #expect { try Files.read("\(folder)/hundred", limit: ByteCount(99)) } throws: {
                "\($0)".contains("larger than 99 B")
            }
            try Files.writeAtomically([0xFF], to: "\(folder)/bytes")
            #expect { try Files.readText("\(folder)/bytes") } throws: { ($0 as? ParlorError)?.code == .malformed }
            #expect { try Files.read("\(folder)/none") } throws: { error in
                "\(error)" == "open failed on \(folder)/none: no such file or directory"
            }
        }
    }

    @Test("A status tells what stands there, with and without following a link")
    func status() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically("12345", to: "\(folder)/file")
            symlink("file", "\(folder)/link")
            symlink("none", "\(folder)/dangling")
            mkfifo("\(folder)/pipe", 0o600)
            let file = try #require(try Files.status("\(folder)/file"))
            #expect((file.kind, file.owner, file.mode, file.size) == (.file, geteuid(), 0o600, 5))
            #expect(try Files.status(folder)?.kind == .folder)
            #expect(try Files.status("\(folder)/link")?.kind == .file)
            #expect(try Files.status("\(folder)/link", followLinks: false)?.kind == .link)
            #expect(try Files.status("\(folder)/dangling") == nil)
            #expect(try Files.status("\(folder)/file/below") == nil)
            #expect(try Files.status("\(folder)/pipe")?.kind == .other)
            #expect(Files.exists("\(folder)/file"))
            #expect(!Files.exists("\(folder)/dangling"))
        }
    }

    @Test("A folder is made with those above it, and making it again is fine")
    func makeFolder() throws {
        try withTemporaryFolder { folder in
            try Files.makeFolder("\(folder)/a/b/c")
            try Files.makeFolder("\(folder)/a/b/c")
            #expect(try Files.status("\(folder)/a/b/c")?.mode == 0o700)
            try Files.writeAtomically("", to: "\(folder)/file")
            #expect { try Files.makeFolder("\(folder)/file") } throws: { "\($0)".contains("not a directory") }
            #expect(throws: ParlorError.self) { try Files.makeFolder("\(folder)/file/below") }
        }
    }

    @Test("Removing takes a folder with everything in it and leaves what its links point to")
    func remove() throws {
        try withTemporaryFolder { folder in
            try Files.makeFolder("\(folder)/kept/inner")
            try Files.writeAtomically("kept", to: "\(folder)/kept/file")
            try Files.makeFolder("\(folder)/gone/deep/deeper")
            try Files.writeAtomically("", to: "\(folder)/gone/deep/.hidden")
            symlink("\(folder)/kept", "\(folder)/gone/deep/link")
            symlink("\(folder)/kept/file", "\(folder)/gone/link")
            symlink("\(folder)/kept", "\(folder)/outer")

            try Files.remove("\(folder)/gone")
            try Files.remove("\(folder)/outer")
            try Files.remove("\(folder)/never")
            #expect(try Files.list(folder) == ["kept"])
            #expect(try Files.list("\(folder)/kept") == ["file", "inner"])
        }
    }

    @Test("A file is moved over another one")
    func move() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically("new", to: "\(folder)/a")
            try Files.writeAtomically("old", to: "\(folder)/b")
            try Files.move("\(folder)/a", to: "\(folder)/b")
            #expect(try Files.list(folder) == ["b"])
            #expect(try Files.readText("\(folder)/b") == "new")
        }
    }

    @Test(
        "A path is taken apart at its last slash",
        arguments: [("/a/b", "/a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("a/b/c", "a/b", "c")])
    func parts(path: String, parent: String, name: String) {
        #expect(Files.parent(of: path) == parent)
        #expect(Files.name(of: path) == name)
    }

    @Test("A path is resolved through links, and made absolute without touching the disk")
    func resolved() throws {
        try withTemporaryFolder { folder in
            try Files.makeFolder("\(folder)/real")
            symlink("real", "\(folder)/link")
            #expect(Files.resolved("\(folder)/link/../link") == Files.resolved(folder).map { "\($0)/real" })
            #expect(Files.resolved("\(folder)/none") == nil)
            #expect(Files.absolute("/a/b") == "/a/b")
            #expect(Files.absolute("none").hasPrefix("/"))
            #expect(Files.absolute("none").hasSuffix("/none"))
            #expect(try Files.freeSpace(at: folder).bytes >= 0)
        }
    }

    @Test(
        "On a full disk a file is not replaced, and the error says that the disk is full",
        .enabled(if: TinyDisk.isAvailable, "a small file system can be mounted only with the right to do so"))
    func fullDisk() throws {
        try TinyDisk.with { folder in
            try Files.writeAtomically("old", to: "\(folder)/settings")
            TinyDisk.fill("\(folder)/filler")
            #expect(try Files.freeSpace(at: folder).bytes == 0)
            #expect {
                try Files.writeAtomically("new", to: "\(folder)/settings")
            } throws: { error in
                (error as? ParlorError)?.code == .diskFull
                    && (error as? ParlorError)?.hint?.contains("Free some space") == true
            }
            #expect(try Files.readText("\(folder)/settings") == "old")
            #expect(try Files.list(folder) == ["filler", "settings"])
        }
    }
}
