import Basics
import Digests
import Migrations
import TestSupport
import Testing

@Suite("A folder of migrations is read as Prisma reads it") struct MigrationFolderTests {
    private func write(_ texts: [String: String], in folder: String) throws {
        for (path, text) in texts {
            try Files.makeFolder(Files.parent(of: "\(folder)/\(path)"))
            try Files.writeAtomically(text, to: "\(folder)/\(path)")
        }
    }

    @Test("Folders are migrations, files beside them are not")
    func plain() async throws {
        try withTemporaryFolder { root in
            try write(
                [
                    "2_b/migration.sql": "b", "1_a/migration.sql": "a", "1_a/down.sql": "undo", "README.md": "",
                    "migration_lock.toml": "# comment\nprovider = \"postgresql\"\n", ".cache/x": "",
                ], in: root)
            let folder = try MigrationFolder(reading: root)
            #expect(folder.migrations.map(\.name) == ["1_a", "2_b"])
            #expect(folder.migrations.map(\.text) == ["a", "b"])
            #expect(folder.migrations.map(\.downText) == ["undo", nil])
        }
    }

    @Test("A folder for another kind of database is refused: P3019", arguments: ["provider = \"mysql\"", "# nothing"])
    func provider(text: String) throws {
        try withTemporaryFolder { root in
            try write(["migration_lock.toml": text], in: root)
            #expect(#expect(throws: ParlorError.self) { try MigrationFolder(reading: root) }?.reference == "P3019")
        }
    }

    @Test("A migration without its file is refused by name: P3015")
    func missingFile() throws {
        try withTemporaryFolder { root in
            try write(["1_a/notes.txt": ""], in: root)
            let error = #expect(throws: ParlorError.self) { try MigrationFolder(reading: root) }
            #expect(error?.reference == "P3015")
            #expect(error?.what == "the migration 1_a has no migration.sql (P3015)")
        }
    }

    @Test("A folder that is not there is told with its path")
    func missingFolder() {
        let error = #expect(throws: ParlorError.self) { try MigrationFolder(reading: "/nowhere/migrations") }
        #expect(error?.what == "there is no folder of migrations at /nowhere/migrations")
        #expect(error?.hint?.contains("--migrations") == true)
    }

    @Test("A checksum is that of the bytes, and matches whatever ends the lines have elsewhere")
    func checksum() {
        func digest(_ text: String) -> String { Digest(.sha256, of: Array(text.utf8)).hexadecimal }
        let (unix, windows) = ("ab\ncd\rx\n", "ab\r\ncd\rx\r\n")
        for text in [unix, windows] {
            let checksum = MigrationChecksum(of: Array(text.utf8))
            #expect(checksum.text == digest(text))
            #expect(checksum.matches(digest(unix)) && checksum.matches(digest(windows)))
            #expect(!checksum.matches(digest(unix + " ")) && !checksum.matches(""))
        }
        #expect(
            MigrationChecksum(of: Array("hello".utf8)).text
                == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    }
}
