import Agent
import Basics
import JSONText
import Processes
import TestSupport
import Testing

@testable import Commands

@Suite struct HealthReportTests {
    private func part(_ name: String, _ state: PartStatus.State, _ detail: String? = nil) -> PartStatus {
        PartStatus(
            name: name, kind: name == "postgres" ? "database" : "service", state: state,
            since: Timestamp(seconds: 1_772_357_400), detail: detail)
    }

    private func report(_ parts: PartStatus...) -> HealthReport {
        HealthReport(of: SystemStatus(parts: parts, isHealthy: parts.allSatisfy { $0.state == .ready }))
    }

    @Test("A system whose parts are ready is well")
    func well() {
        let report = report(part("postgres", .ready), part("service", .ready))
        #expect(report.isHealthy && report.text == "all is well: all 2 parts are ready\n")
        #expect(report.json["healthy"] == true && report.json["problems"] == [])
    }

    @Test("Each part that is not ready is a problem, with its reason where there is one")
    func problems() {
        let report = report(
            part("postgres", .backingOff, "exited with status 1"), part("service", .waiting, "waiting for postgres"),
            part("exporter", .ready), part("console", .starting))
        #expect(!report.isHealthy)
        #expect(
            report.text == """
                postgres is backing off: exited with status 1
                service is waiting: waiting for postgres
                console is starting

                """)
    }

    @Test("What a ready service says about its database is a problem too")
    func dependencies() throws {
        var report = report(part("postgres", .ready), part("service", .ready))
        let answer = try JSON(
            reading: #"{"status":"unhealthy","checks":{"database":{"status":"unhealthy","error":"no answer"},"#
                + #""redis":{"status":"healthy"}}}"#)
        report.problems += HealthReport.problems(of: "service", answering: answer)
        #expect(!report.isHealthy && report.text == "database is unhealthy: no answer\n")
    }

    @Test("A service that gives no health is a problem", arguments: ["{}", "[]", #"{"checks": 1}"#, #""hello""#])
    func noHealth(text: String) throws {
        #expect(try HealthReport.problems(of: "service", answering: JSON(reading: text)) == ["service gave no health"])
    }

    @Test("The form for programs has these members, and the parts as status has them")
    func json() {
        let database = part("postgres", .unresponsive, "no answer")
        #expect(
            report(database).json == [
                "healthy": false, "problems": ["postgres is unresponsive: no answer"], "parts": [database.json],
            ])
    }

    @Test("A reason cannot steer the terminal")
    func controlCharacters() {
        #expect(!report(part("postgres", .failed, "\u{1B}[2Jgone")).text.contains("\u{1B}"))
    }
}
