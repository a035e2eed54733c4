import Basics
import Testing

@testable import Backups

@Suite struct RecoveryTargetTests {
    @Test(
        "A moment is read as people write it, in UTC unless it says otherwise, to the microsecond",
        arguments: [
            ("2026-11-21 14:30", "2026-11-21 14:30:00.000000+00"),
            ("2026-11-21T14:30", "2026-11-21 14:30:00.000000+00"),
            ("2026-11-21 14:30:07", "2026-11-21 14:30:07.000000+00"),
            ("2026-11-21T14:30:07Z", "2026-11-21 14:30:07.000000+00"),
            ("2026-11-21 14:30:07.5", "2026-11-21 14:30:07.500000+00"),
            ("2026-11-21 14:30:07.000001", "2026-11-21 14:30:07.000001+00"),
            ("2026-11-21 14:30:07.999999Z", "2026-11-21 14:30:07.999999+00"),
            ("2026-11-21 14:30:07+02:00", "2026-11-21 12:30:07.000000+00"),
            ("2026-11-21 14:30:07 +02:00", "2026-11-21 12:30:07.000000+00"),
            ("2026-11-21 23:30:00-05:30", "2026-11-22 05:00:00.000000+00"),
            ("2024-02-29 00:00:00", "2024-02-29 00:00:00.000000+00"),
            ("2026-01-01 00:15:00+01:00", "2025-12-31 23:15:00.000000+00"),
        ])
    func moments(text: String, target: String) throws {
        #expect(
            try RecoveryTarget(text).options == ["--type=time", "--target=\(target)", "--target-action=promote"])
    }

    @Test(
        "What looks like a moment and is none is refused, instead of being taken for a name",
        arguments: [
            "2026-02-29 10:00", "2026-02-30 10:00:00", "2026-13-01 10:00", "2026-00-10 10:00", "2026-11-31 10:00",
            "2026-11-21 24:00", "2026-11-21 10:60", "2026-11-21 10:00:60", "2026-11-21", "2026-11-21 10",
            "2026-11-21 10:00:00.1234567", "2026-11-21 10:00:00 CET", "2026-11-21 10:00:00+2", "21-11-2026 10:00",
        ])
    func impossible(text: String) {
        let error = #expect(throws: ParlorError.self) { try RecoveryTarget(text) }
        #expect(
            error?.description == """
                "\(text)" is no moment: it looks like one and cannot be read
                HINT: Write it like "2026-11-21 14:30:00", which is UTC, or with an offset at its end: +02:00.
                """)
        #expect(error?.code == .usage)
    }

    @Test("A number is a transaction, and any other word a restore point")
    func others() throws {
        #expect(try RecoveryTarget("4294967295") == .transaction(4_294_967_295))
        #expect(try RecoveryTarget("732").options == ["--type=xid", "--target=732", "--target-action=promote"])
        #expect(try RecoveryTarget("before the sale") == .restorePoint("before the sale"))
        #expect(
            try RecoveryTarget("before-sale").options == [
                "--type=name", "--target=before-sale", "--target-action=promote",
            ])
        #expect(RecoveryTarget.latest.options == ["--type=default"])
        #expect(RecoveryTarget.backupItself.options == ["--type=immediate", "--target-action=promote"])
    }

    @Test("A restore point has a name that PostgreSQL can have", arguments: ["", String(repeating: "é", count: 32)])
    func names(text: String) throws {
        #expect(
            try RecoveryTarget(String(repeating: "a", count: 63)) == .restorePoint(.init(repeating: "a", count: 63)))
        let error = #expect(throws: ParlorError.self) { try RecoveryTarget(text) }
        #expect(
            error?.description == """
                "\(text)" is no target: a restore point has a name of 1 to 63 bytes
                HINT: Name a moment, the number of a transaction, or a restore point.
                """)
    }

    @Test("Each target can be said at the end of a sentence")
    func descriptions() {
        let targets: [RecoveryTarget] = [
            .latest, .time(Timestamp(microseconds: 1_795_271_400_250_000)), .restorePoint("sale"), .transaction(7),
            .backupItself,
        ]
        #expect(
            targets.map(\.description) == [
                "the newest moment that there is", "2026-11-21T14:30:00.250Z", "the restore point sale",
                "transaction 7", "the moment of the backup",
            ])
    }
}
