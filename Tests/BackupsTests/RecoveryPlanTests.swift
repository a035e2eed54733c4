import Basics
import Testing

@testable import Backups

@Suite struct RecoveryPlanTests {
    private static let noon = Timestamp(seconds: 1_795_262_400)  // 2026-11-21T12:00:00Z

    private static func moment(_ minutes: Int) -> Timestamp { noon + .seconds(60 * minutes) }

    private static func record(_ label: String, _ kind: BackupRecord.Kind, _ minutes: Int) -> BackupRecord {
        BackupRecord(
            label, kind, start: moment(minutes) + .seconds(-30), stop: moment(minutes),
            log: .init(first: "000000010000000000000001", last: "000000010000000000000002"))
    }

    /// A full backup of an hour ago whose log has gone, one of noon with an incremental one behind it, and one with errors.
    private static func source(
        _ place: BackupRepository.Place = .folder("/r"), fulls: Int = 2, until: Int? = 60
    ) -> RecoveryPlan.Source {
        var state = RepositoryState(number: 1)
        state.backups = [
            record("A", .full, -60), record("B", .full, 0), record("B_1I", .incremental, 20),
            record("C", .full, 40),
        ]
        state.backups[3].hasErrors = true
        state.serverVersion = 15
        return .init(
            BackupRepository(place, key: Secret("key")), state, replayableFulls: fulls, until: until.map(moment))
    }

    @Test(
        "Each target is reached from the newest backup before it, without those that have errors",
        arguments: [
            (.latest, "B_1I"), (.backupItself, "B_1I"), (.time(moment(0)), "B"), (.time(moment(19)), "B"),
            (.time(moment(20)), "B_1I"), (.time(moment(60)), "B_1I"), (.restorePoint("sale"), "B"),
            (.transaction(732), "B"),
        ] as [(RecoveryTarget, String)])
    func choice(target: RecoveryTarget, label: String) throws {
        let plan = try RecoveryPlan(target, from: [Self.source()])
        #expect(plan.backup.label == label)
        #expect(plan.target == target)
    }

    @Test("A transaction of which somebody knows the moment is reached from the newest backup before that")
    func known() throws {
        let targets: [RecoveryTarget] = [.transaction(732), .restorePoint("sale")]
        for target in targets {
            let plan = try RecoveryPlan(target, from: [Self.source()], moment: Self.moment(30))
            #expect(plan.backup.label == "B_1I")
        }
    }

    @Test("A backup that is named is taken, even one whose log has gone")
    func named() throws {
        #expect(try RecoveryPlan(.backupItself, from: [Self.source()], backup: "A").backup.label == "A")
        #expect(try RecoveryPlan(.time(Self.moment(30)), from: [Self.source()], backup: "B").backup.label == "B")
    }

    @Test("The second repository is taken where the first one does not reach")
    func second() throws {
        let other = Self.source(.folder("/other"), until: 90)
        let plan = try RecoveryPlan(.time(Self.moment(80)), from: [Self.source(), other])
        #expect(plan.repository.name == "/other")
        #expect(try RecoveryPlan(.time(Self.moment(30)), from: [Self.source(), other]).repository.name == "/r")
    }

    @Test(
        "What cannot be reached is refused with what can be",
        arguments: [
            (.time(moment(-1)), 60, nil, "2026-11-21T11:59:00.000Z cannot be reached"),
            (.time(moment(61)), 60, nil, "2026-11-21T13:01:00.000Z cannot be reached"),
            (.time(moment(10)), 60, "B_1I", "2026-11-21T12:10:00.000Z cannot be reached"),
        ] as [(RecoveryTarget, Int, String?, String)])
    func refusal(target: RecoveryTarget, until: Int, label: String?, what: String) {
        let error = #expect(throws: ParlorError.self) {
            try RecoveryPlan(target, from: [Self.source(until: until)], backup: label)
        }
        #expect(
            error?.description == """
                \(what): what can be reached is every moment from 2026-11-21T12:00:00.000Z to 2026-11-21T13:00:00.000Z
                HINT: Choose a moment in between, or a single backup with "./parlor restore full --backup <label>".
                """)
    }

    @Test("Where the end is not known the window has none, and where no log is whole there is no window")
    func windows() {
        #expect(Self.source(until: nil).window == "every moment from 2026-11-21T12:00:00.000Z on")
        #expect(Self.source(fulls: 0).window == nil)
        let error = #expect(throws: ParlorError.self) {
            try RecoveryPlan(.time(Self.moment(5)), from: [Self.source(fulls: 0)])
        }
        #expect(error?.why == "no backup has its log whole")
    }

    @Test("A backup that there is not is refused by its name")
    func unknown() {
        let error = #expect(throws: ParlorError.self) {
            try RecoveryPlan(.latest, from: [Self.source()], backup: "20200101-000000F")
        }
        #expect(
            error?.description == """
                there is no backup 20200101-000000F
                HINT: See what there is with "./parlor backup list".
                """)
    }

    @Test("Without any backup it is said whether the repository is empty or cannot be read")
    func nothing() {
        var source = Self.source()
        source.state.backups = []
        var error = #expect(throws: ParlorError.self) { try RecoveryPlan(.latest, from: [source]) }
        #expect(
            error?.description == """
                there is no backup: the repositories hold none of this cluster
                HINT: See whether backups.folder, backups.s3 and backups.key are those of the lost system.
                """)
        source.state.trouble = "[CryptoError] unable to flush"
        error = #expect(throws: ParlorError.self) { try RecoveryPlan(.latest, from: [source]) }
        #expect(
            error?.description == """
                the repository cannot be read with this key: [CryptoError] unable to flush
                HINT: Set backups.key to the key that it was made with; see docs/backups.md, "The key".
                """)
    }

    @Test("Backups of another version of PostgreSQL are refused before anything is touched")
    func version() throws {
        let error = #expect(throws: ParlorError.self) {
            try RecoveryPlan(.latest, from: [Self.source()], serverVersion: 16)
        }
        #expect(error?.code == .engineUnsupported)
        #expect(
            error?.description == """
                the backups are of PostgreSQL 15: the programs here are of version 16
                HINT: Install postgresql-15, or name its folder in database.binaries.
                """)
        _ = try RecoveryPlan(.latest, from: [Self.source()], serverVersion: 15)
    }
}
