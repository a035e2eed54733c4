import Basics
import Glibc
import HTTP
import JSONText
import ObjectStorage
import Postgres
import S3TestSupport
import SystemTestSupport
import Testing

/// Backups as people use them, on a single database.
@Suite struct BackupTests {
    /// This moment by the server's clock, as `--to` takes it; every word that was kept before is older.
    private static func now(_ system: ParlorSystem) async throws -> String {
        try await system.withDatabase { database in
            let row = try await database.query(
                "SELECT to_char(clock_timestamp() AT TIME ZONE 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
            ).only
            return try row[0, as: String.self]
        }
    }

    /// Makes a backup; one that the schedule has begun on a slow machine is waited for.
    @discardableResult
    private static func backUp(_ system: ParlorSystem, _ options: String...) async throws -> Outcome {
        while true {
            // A thousand files go to a server in Python, beside everything else that is tested.
            let outcome = try await system.start(["backup", "run"] + options).outcome(within: .seconds(180))
            if outcome.code == ErrorCode.alreadyRunning.exitStatus { continue }
            try #require(outcome.code == 0, "\(outcome)")
            return outcome
        }
    }

    private static func drop(_ system: ParlorSystem) async throws {
        try await system.withDatabase { try await $0.execute("DROP TABLE kept") }
    }

    private static func recovered(_ system: ParlorSystem, _ name: String) async throws -> [String] {
        try await system.withDatabase { database in
            try await database.query("SELECT word FROM \(name) ORDER BY word").map { try $0[0, as: String.self] }
        }
    }

    @Test("A table that somebody dropped comes back beside the living, in a folder, and in the place of everything")
    func drop() async throws {
        try await ParlorSystem.with("dropped", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            try await system.keep(["before"])
            let made = try await Self.backUp(system, "--full", "--json").json.elements ?? []
            #expect(made.compactMap { $0["job"]?.text } == ["full"])
            try await system.keep(["after"])
            let moment = try await Self.now(system)
            try await Self.drop(system)

            let copies = try await system.succeed("restore", "table", "public.kept", "--to", moment, "--json").json
            let name = try #require(copies.elements?.first?["copy"]?.text)
            #expect(try await Self.recovered(system, name) == ["after", "before"])
            #expect(try Files.list("\(system.state)/restored").isEmpty)

            let refused = try await system.run("restore", "pitr", "--to", moment, "--into-cluster")
            expectRefusal(refused, .notConfirmed, "nothing was done")
            let report = try await system.succeed(
                "restore", "pitr", "--to", moment, "--into-cluster", "--yes", "--json"
            ).json
            let aside = try #require(report["set_aside"]?.elements?.first?.text)
            #expect(Files.exists("\(aside)/PG_VERSION"))
            #expect(try await system.succeed("status").output.contains("nothing runs"))

            try await system.succeed("up", "--solo", "--detach")
            #expect(try await system.kept().sorted() == ["after", "before"])
            // The new timeline is archived from its first byte on.
            try await Self.backUp(system)
            try await system.succeed("backup", "verify")
            try await system.succeed("down")
        }
    }

    @Test("A drill proves the backups and measures what a loss would cost, and a flipped byte makes it fail")
    func drill() async throws {
        try await ParlorSystem.with("drill", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            try await system.keep(["word"])
            try await Self.backUp(system, "--full")
            // Brings the repository up to date, so that there is something to measure.
            try await system.succeed("restore", "full", "--dry-run")
            let drill = try await system.run("backup", "drill", "--seed", "7", "--json")
            try #require(drill.code == 0, "\(drill)")
            let proof = try drill.json
            let figures = Dictionary(
                uniqueKeysWithValues: (proof["results"]?.elements ?? []).map { ($0["name"]?.text ?? "", $0) })
            for name in ["backup.rto", "backup.rpo", "backup.findings", "backup.restored"] {
                #expect(figures[name]?["holds"]?.boolean == true, "\(name): \(proof.pretty)")
            }
            #expect(proof["seed"]?.int == 7)
            #expect(try Files.list("\(system.state)/backups/drills").count == 2)
            #expect(try Files.list("\(system.state)/restored").isEmpty)

            try Self.flipByte(below: "\(system.state)/backups/repository/backup")
            let failed = try await system.run("backup", "drill", "--seed", "7", "--json")
            #expect(failed.code == ErrorCode.belowFloor.exitStatus, "\(failed)")
            let findings = try failed.json["report"]?["findings"]?.elements ?? []
            #expect(!findings.isEmpty, "\(failed)")
            let list = try await system.succeed("backup", "list").output
            #expect(list.contains("last failure: drill"), "\(list)")
            let health = try await system.run("health")
            #expect(health.code == ErrorCode.unhealthy.exitStatus, "\(health)")
            #expect(health.output.contains("the last drill of the backups found something wrong"), "\(health)")
            expectRefusal(try await system.run("backup", "verify"), .backup, "is not as it was written")
            try await system.succeed("down")
        }
    }

    /// Changes one bit in the middle of the largest file.
    private static func flipByte(below folder: String) throws {
        let files = try Machine.files(below: folder).map { ($0, try Files.status($0)?.size ?? 0) }
        let (path, _) = try #require(files.max { $0.1 < $1.1 })
        var bytes = try Files.read(path, limit: .gigabytes(1))
        bytes[bytes.count / 2] ^= 1
        let file = try #require(fopen(path, "r+"))
        defer { fclose(file) }
        fseek(file, bytes.count / 2, SEEK_SET)
        fputc(Int32(bytes[bytes.count / 2]), file)
    }

    @Test("A machine that is lost comes back on an empty one, from S3 and with the kept key")
    func lost() async throws {
        let s3 = try S3TestServer.shared()
        let bucket = "lost-\(RandomIdentifier.hex(bytes: 4))"
        let place = [
            "PARLOR_BACKUPS_S3_BUCKET": bucket, "PARLOR_BACKUPS_S3_ENDPOINT": "localhost",
            "PARLOR_BACKUPS_S3_PORT": "\(s3.securePort)", "PARLOR_BACKUPS_S3_ADDRESSING": "path",
            "PARLOR_BACKUPS_S3_AUTHORITY": s3.authorityFile, "PARLOR_BACKUPS_S3_ACCESS_KEY": s3.accessKey,
            "PARLOR_BACKUPS_S3_SECRET_KEY": s3.secretKey.reveal(), "PARLOR_BACKUPS_LOCAL": "false",
        ]
        let key = try await ParlorSystem.with("machine", .stopped, place) { system in
            try await Self.makeBucket(bucket, s3, system)
            try await system.succeed("up", "--solo", "--detach")
            try await system.keep(["kept"])
            try await Self.backUp(system, "--full")
            try await system.keep(["kept later"])
            // The log up to here goes there too.
            try await system.succeed("restore", "full", "--dry-run")
            let key = try await system.succeed("backup", "key", "--yes").output.split(separator: "\n").first
            try await system.succeed("down")
            return String(try #require(key))
        }
        // Of the first machine nothing is left.
        try await ParlorSystem.with("successor", .new, place) { system in
            let stranger = try await system.run("restore", "full")
            expectRefusal(stranger, .backup, "cannot be read with this key")
            let successor = system.with(["PARLOR_BACKUPS_KEY": key])
            try await successor.succeed("restore", "full", "--into-cluster", "--yes")
            try await successor.succeed("up", "--solo", "--detach")
            #expect(try await successor.kept() == ["kept", "kept later"])
            try await Self.backUp(successor)
            try await successor.succeed("down")
        }
    }

    private static func makeBucket(_ name: String, _ s3: S3TestServer, _ system: ParlorSystem) async throws {
        let origin = try #require(HTTPOrigin(.http, host: "127.0.0.1", port: s3.port))
        let options = S3Options(
            origin: origin, bucket: name, credentials: S3Credentials(accessKey: s3.accessKey, secretKey: s3.secretKey))
        try await S3Storage(options, client: HTTPClient(on: system.loop)).makeBucket()
    }

    @Test("What cannot be restored is refused with what can be, and nothing is touched")
    func refusals() async throws {
        try await ParlorSystem.with("refused", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            expectRefusal(try await system.run("restore", "full"), .backup, "there is no backup")
            try await Self.backUp(system, "--full")
            let early = try await system.run("restore", "pitr", "--to", "2020-01-01T10:00:00")
            expectRefusal(early, .backup, "2020-01-01T10:00:00.000Z cannot be reached", "every moment from")
            let late = try await system.run("restore", "pitr", "--to", "2099-01-01 10:00")
            expectRefusal(late, .backup, "2099-01-01T10:00:00.000Z cannot be reached")
            expectRefusal(try await system.run("restore", "pitr", "--to", "2026-13-45"), .usage, "is no moment")
            expectRefusal(try await system.run("restore", "pitr"), .usage, "a target is missing")
            let none = try await system.run("restore", "full", "--backup", "20200101-000000F")
            expectRefusal(none, .backup, "there is no backup 20200101-000000F")
            let stranger = system.with(["PARLOR_BACKUPS_KEY": "the key of another system"])
            expectRefusal(try await stranger.run("restore", "full"), .backup, "cannot be read with this key")

            let folder = "\(system.state)/restored/own"
            try await system.succeed("restore", "full", "--folder", folder)
            let again = try await system.run("restore", "full", "--folder", folder)
            expectRefusal(again, .backup, "\(folder)/data is not empty")
            try await system.succeed("restore", "full", "--folder", folder, "--delta")
            expectRefusal(try await system.run("backup", "key"), .notConfirmed, "the key was not shown")
            let isHealthy = try await system.status().isHealthy
            #expect(isHealthy)
            try await system.succeed("down")
        }
    }

    @Test("A system without backups says so wherever one looks")
    func without() async throws {
        try await ParlorSystem.with("unsafe", .stopped, ["PARLOR_BACKUPS_ENABLED": "false"]) { system in
            let words = "there are no backups: backups.enabled is false"
            #expect(try await system.succeed("up", "--solo", "--detach").output.contains(words))
            #expect(try await system.succeed("status").output.contains(words))
            #expect(try await system.succeed("backup", "list").output.contains(words))
            expectRefusal(try await system.run("restore", "full"), .backup, "there are no backups")
            try await system.succeed("down")
        }
    }
}
