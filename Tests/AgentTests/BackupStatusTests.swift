import Backups
import Basics
import Testing

@testable import Agent

@Suite struct BackupStatusTests {
    private static let now = Timestamp(seconds: 1_795_226_400)

    private static func status(until: Duration = .seconds(20), _ results: [BackupResult] = []) -> BackupStatus {
        let moment = now + .seconds(-3600)
        let backup = BackupRecord(
            "20261121-020000F", .full, start: moment, stop: moment, log: .init(first: "A", last: "B"))
        var status = BackupStatus(at: now)
        status.repositories = [
            .init(
                name: "/backups", trouble: nil, backups: [backup], from: moment,
                until: now + .microseconds(-until.microseconds))
        ]
        status.results = results
        return status
    }

    private static func result(_ job: String, _ trouble: String?) -> BackupResult {
        var result = BackupResult(job, of: "/backups", begun: now, ended: now)
        result.trouble = trouble
        return result
    }

    @Test("Backups that are up to date and were good have no problems")
    func well() {
        #expect(Self.status(until: .seconds(300), [Self.result("full", nil)]).problems == [])
    }

    @Test("Work that is in no repository for too long is a problem")
    func exposed() {
        #expect(Self.status(until: .seconds(301)).problems == ["the last 5 min 1 s of work are in no repository"])
    }

    @Test("Of each kind of run the newest counts")
    func newest() {
        let results = [
            Self.result("full", "no room"), Self.result("drill", "a byte"), Self.result("full", nil),
        ]
        #expect(Self.status(results).problems == ["the last drill of the backups found something wrong: a byte"])
    }

    @Test("A repository that cannot be read is a problem")
    func unreadable() {
        var status = Self.status()
        status.repositories[0].trouble = "the wrong key"
        #expect(status.problems == ["the backups in /backups cannot be read: the wrong key"])
    }

    @Test("What is told of the backups arrives as it was sent")
    func roundTrip() throws {
        var status = Self.status([Self.result("full", "no room")])
        status.schedule = [.init(job: "drill", at: Self.now, reason: "every 7 days")]
        #expect(try BackupStatus(json: status.json) == status)
    }
}
