import Basics
import JSONText
import TestSupport
import Testing

@testable import Backups

@Suite struct DrillReportTests {
    private static func report(isGood: Bool) -> DrillReport {
        var report = DrillReport(seed: 4711)
        report.begun = Timestamp(seconds: 1_795_262_400)
        report.ended = report.begun + .seconds(95)
        report.exposure = .milliseconds(3400)
        var newest = DrillReport.Trial("20261121-020000F_20261121-110000I", "/r", "the newest moment")
        (newest.copying, newest.replaying) = (.milliseconds(12_345), .milliseconds(2100))
        (newest.reached, newest.tables) = (report.begun + .milliseconds(-3400), 31)
        var past = DrillReport.Trial("20261114-020000F", "s3://salons/parlor", "2026-11-15T07:11:12.000Z")
        (past.copying, past.replaying, past.tables) = (.seconds(11), .seconds(8), 1)
        if !isGood {
            past.findings = ["it has no heartbeat", "public.bookings has 3 rows instead of 4 to 5"]
            report.findings = ["/r: the log: one file with a wrong checksum"]
        } else {
            past.reached = report.begun + .seconds(-600_000)
        }
        report.trials = [newest, past]
        return report
    }

    @Test("A report can be read again from what is kept of it", arguments: [true, false])
    func roundTrip(isGood: Bool) throws {
        let report = Self.report(isGood: isGood)
        let text = report.json.pretty
        #expect(DrillReport(json: try JSONReader().read(JSON.self, from: text)) == report)
        #expect(report.isGood == isGood)
    }

    @Test("A report is a page for people", arguments: [true, false])
    func page(isGood: Bool) {
        expectGolden(Self.report(isGood: isGood).page, isGood ? "drill-good" : "drill-bad")
    }

    @Test("A drill in which nothing was restored is not good, and one with a finding anywhere neither")
    func good() {
        #expect(!DrillReport(seed: 1).isGood)
        #expect(DrillReport(seed: 1).recoveryTime == nil)
        #expect(Self.report(isGood: true).recoveryTime == .milliseconds(14_445))
        #expect(
            Self.report(isGood: false).complaints == [
                "/r: the log: one file with a wrong checksum", "20261114-020000F: it has no heartbeat",
                "20261114-020000F: public.bookings has 3 rows instead of 4 to 5",
            ])
    }

    @Test(
        "What is no report is read as none",
        arguments: [
            "{}", "[]", #"{"begun":"2026-11-21T12:00:00.000Z","ended":"yesterday","seed":1,"trials":[]}"#,
            #"{"begun":"2026-11-21T12:00:00.000Z","ended":"2026-11-21T12:00:00.000Z","seed":-1,"trials":[]}"#,
        ])
    func malformed(text: String) throws {
        #expect(DrillReport(json: try JSONReader().read(JSON.self, from: text)) == nil)
    }
}

@Suite struct CensusTests {
    private func census(_ tables: [String: (rows: Int, inserted: Int, deleted: Int)]) -> Census {
        Census(tables.mapValues { .init(rows: $0.rows, inserted: $0.inserted, deleted: $0.deleted) })
    }

    @Test("A copy may have what was there in between, and no row less or more")
    func rows() {
        let before = census(["a": (10, 10, 0), "b": (5, 7, 2)])
        let after = census(["a": (12, 15, 3), "b": (5, 7, 2)])
        for rows in 7...15 {
            #expect(
                Census.complaints(of: census(["a": (rows, 0, 0), "b": (5, 0, 0)]), between: before, and: after).isEmpty)
        }
        #expect(
            Census.complaints(of: census(["a": (6, 0, 0), "b": (4, 0, 0)]), between: before, and: after) == [
                "a has 6 rows instead of 7 to 15", "b has 4 rows instead of 5",
            ])
        #expect(
            Census.complaints(of: census(["a": (16, 0, 0), "b": (6, 0, 0)]), between: before, and: after) == [
                "a has 16 rows instead of 7 to 15", "b has 6 rows instead of 5",
            ])
    }

    @Test("A table that was there before and after is missed, and one that came or went is not")
    func tables() {
        let before = census(["kept": (1, 1, 0), "gone": (1, 1, 0)])
        let after = census(["kept": (1, 1, 0), "new": (1, 1, 0)])
        #expect(Census.complaints(of: census([:]), between: before, and: after) == ["the table kept is missing"])
        let copy = census(["kept": (1, 0, 0), "gone": (9, 0, 0), "strange": (9, 0, 0)])
        #expect(Census.complaints(of: copy, between: before, and: after).isEmpty)
    }

    @Test("Nothing is said of a table whose counters began anew")
    func counters() {
        let (before, after) = (census(["a": (10, 100, 0)]), census(["a": (10, 3, 0)]))
        #expect(Census.complaints(of: census(["a": (0, 0, 0)]), between: before, and: after).isEmpty)
    }
}
