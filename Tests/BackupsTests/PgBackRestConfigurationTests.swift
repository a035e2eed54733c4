import Basics
import Configuration
import TestSupport
import Testing

@testable import Backups

@Suite struct PgBackRestConfigurationTests {
    private static let key = Secret("the-key-that-nobody-may-see")
    private static let signing = Secret("the-secret-that-nobody-may-see")

    private static let folder = BackupRepository(.folder("/var/backups/parlor"), key: key)
    private static let storage = BackupRepository(
        .s3(
            .init(
                bucket: "salons", endpoint: "s3.example.org", port: 443, region: "eu-central-1", prefix: "parlor/one",
                accessKey: "AKIAEXAMPLE", secretKey: signing, isInPath: false, authority: nil)), key: key)

    private func configuration(_ repositories: [BackupRepository]) -> PgBackRestConfiguration {
        PgBackRestConfiguration(
            repositories, servers: [.init("node1", data: "/srv/node1/data", socket: "/srv/run", port: 15_500)],
            folder: "/srv/backups", processes: 2)
    }

    @Test("A folder is configured by this file")
    func ofFolder() { expectGolden(configuration([Self.folder]).file, "pgbackrest-folder") }

    @Test("S3 is configured by this file")
    func ofS3() { expectGolden(configuration([Self.storage]).file, "pgbackrest-s3") }

    @Test("A folder and S3 beside it, of three servers of which a replica is read, are configured by this file")
    func ofBoth() throws {
        guard case .s3(var s3) = Self.storage.place else { return }
        (s3.isInPath, s3.authority, s3.port) = (true, "/etc/parlor/authority.pem", 9000)
        var both = configuration([Self.folder, BackupRepository(.s3(s3), key: Self.key)])
        both.servers += (2...3).map { .init("node\($0)", data: "/srv/node\($0)/data", socket: "/srv/run", port: $0) }
        both.readsReplica = true
        expectGolden(both.file, "pgbackrest-both")
    }

    @Test("The folders that must be there are its own and those of repositories in folders")
    func folders() {
        let own = ["/srv/backups", "/srv/backups/lock", "/srv/backups/spool"]
        #expect(configuration([Self.storage]).folders == own)
        #expect(configuration([Self.folder, Self.storage]).folders == own + ["/var/backups/parlor"])
    }

    @Test("No way of printing a configuration shows a key")
    func secrecy() {
        let both = configuration([Self.folder, Self.storage])
        var dumped = ""
        dump(both, to: &dumped)
        for text in ["\(both)", String(reflecting: both), dumped] {
            #expect(!text.contains("nobody-may-see"))
            #expect(text.contains("AKIAEXAMPLE"))
        }
        #expect(both.file.contains(Self.key.reveal()) && both.file.contains(Self.signing.reveal()))
    }

    @Test("A repository keeps its number when another one comes, and is named by where it is")
    func numbers() {
        #expect([Self.folder, Self.storage].map(\.number) == [1, 2])
        #expect([Self.folder, Self.storage].map(\.name) == ["/var/backups/parlor", "s3://salons/parlor/one"])
        #expect([Self.folder, Self.storage].map(\.isRemote) == [false, true])
    }
}
