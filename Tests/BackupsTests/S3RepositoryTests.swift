import FaultTestSupport
import S3TestSupport
import Testing

/// A repository in S3 as pgBackRest wants it, behind TLS.
@Suite struct S3RepositoryTests {
    @Test("A repository behind TLS takes a backup and the log, proves to be sound, and is restored", .longFault)
    func restored() throws {
        let server = try BackedUpServer(in: S3TestServer.shared())
        defer { server.stop() }
        try server.sql("CREATE TABLE salons AS SELECT generate_series(1, 1000) AS number")
        try server.backup("--type=full", "backup")
        try server.sql("INSERT INTO salons SELECT generate_series(1001, 1100)")
        // It begins a new file of the log, and waits until the old one is there.
        try server.backup("check")
        let status = try server.backup("--output=json", "info")
        #expect(status.contains(#""message":"ok""#) && status.contains(#""type":"full""#))
        #expect(try server.backup("--output=text", "--verbose", "verify").contains("status: ok"))
        try server.restore()
        #expect(try server.sql("SELECT count(*) FROM salons") == "1100")
    }

    @Test("Each fault of the server comes to what reads there, and is over when it is ended", .longFault)
    func faults() throws {
        let storage = try S3TestServer()
        let server = try BackedUpServer(in: storage)
        defer { server.stop() }
        let cases: [(fault: S3Fault, words: String)] = [
            (.unavailable, "[503]"), (.hanging, "timeout after"), (.refusing, "unable to connect"),
            (.corrupting(1000, pathHolding: "archive.info"), "unable to load info file"),
        ]
        for (fault, words) in cases {
            try storage.impose(fault)
            let status = try server.backup("--io-timeout=0.5", "--protocol-timeout=1", "info")
            #expect(status.contains(words), "\(fault): \(status)")
            try storage.impose(nil)
            #expect(try server.backup("info").contains("no valid backups"), "after \(fault)")
        }
        let faulty = try storage.requests().faulty
        try storage.impose(.slow(.milliseconds(200)))
        #expect(try server.backup("info").contains("no valid backups"))
        #expect(try storage.requests().faulty > faulty && faulty > 0)
        try storage.impose(nil)
        let believing = "--repo1-storage-ca-file=/etc/ssl/certs/ca-certificates.crt"
        let status = try server.backup(believing, "--io-timeout=0.5", "--protocol-timeout=1", "info")
        #expect(status.contains("unable to verify certificate"), "somebody else's authority: \(status)")
    }
}
