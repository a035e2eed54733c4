import Backups
import Basics
import TestSupport
import Testing

@Suite struct PortableNameTests {
    private let moment = Timestamp(microseconds: 1_795_230_000_999_999)

    @Test(
        "A dump's name says the database and the moment, and can be read back",
        arguments: [
            ("salons", "salons"), ("a_full_b", "a_full_b"), ("Größe 1", "Gr=c3=b6=c3=9fe=201"),
            ("../etc", "=2e./etc".replacing("/", with: "=2f")), ("=", "=3d"), (".", "=2e"),
        ])
    func roundTrip(database: String, written: String) {
        let name = PortableName(database: database, begun: moment)
        #expect(name.path == "backups/postgresql/2026/11/21/\(written)_full_20261121T030000Z.dump.zst.gpg")
        #expect(PortableName(path: name.path) == name)
        #expect(PortableName(file: name.file)?.database == database)
        #expect(name.begun == Timestamp(microseconds: 1_795_230_000_000_000))
    }

    @Test(
        "What is no dump, or stands on another day, is not taken for one",
        arguments: [
            "", "metadata.json", "backups/postgresql/2026/11/21/metadata.json",
            "backups/postgresql/2026/11/22/salons_full_20261121T030000Z.dump.zst.gpg",
            "backups/postgresql/2026/11/21/salons_full_20261121T030000Z.dump.zst",
            "backups/postgresql/2026/11/21/salons_full_20261121T036000Z.dump.zst.gpg",
            "backups/postgresql/2026/11/21/salons_full_20261131T030000Z.dump.zst.gpg",
            "backups/postgresql/2026/11/21/_full_20261121T030000Z.dump.zst.gpg",
            "backups/postgresql/2026/11/21/a=zz_full_20261121T030000Z.dump.zst.gpg",
            "backups/postgresql/2026/11/21/a=61_full_20261121T030000Z.dump.zst.gpg",
            "backups/postgresql/2026/11/21/salons_20261121T030000Z.dump.zst.gpg",
        ])
    func others(path: String) {
        #expect(PortableName(path: path) == nil)
    }

    @Test("The names of any databases are kept apart and read back")
    func random() {
        var generator = SeededGenerator()
        for _ in 0..<300 {
            let scalars = (0..<Int.random(in: 1...20, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 1...0x2FFF, using: &generator))
            }
            let database = String(String.UnicodeScalarView(scalars))
            let name = PortableName(database: database, begun: moment)
            #expect(PortableName(path: name.path) == name, generator.note)
            #expect(name.file.utf8.allSatisfy { $0 < 128 && $0 != UInt8(ascii: "/") }, generator.note)
        }
    }
}
