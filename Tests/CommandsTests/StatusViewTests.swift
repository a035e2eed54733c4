import Basics
import Processes
import TestSupport
import Testing

@testable import Commands

@Suite struct StatusViewTests {
    static let goldenNames = [
        "status-ready", "status-restarting", "status-several", "status-stopped", "status-nothing", "status-narrow",
    ]

    private static let now = Timestamp(seconds: 1_772_357_400)

    private let database = PartStatus(
        name: "postgres", kind: "postgres", state: .ready, pid: 4711, port: 5432, since: now + .seconds(-8_000),
        memory: .megabytes(212))
    private let service = PartStatus(
        name: "service", kind: "service", state: .ready, pid: 4720, port: 3000, since: now + .seconds(-42),
        memory: ByteCount(47_400_000), restarts: 2, lastRestartReason: "killed by signal 9")

    private var restarting: PartStatus {
        var part = database
        part.state = .backingOff
        part.pid = nil
        part.memory = nil
        part.since = StatusViewTests.now + .seconds(-3)
        part.restarts = 4
        part.lastRestartReason = "exited with status 1"
        part.detail = part.lastRestartReason
        return part
    }

    private var stopped: [PartStatus] {
        [database, service].map {
            PartStatus(name: $0.name, kind: $0.kind, state: .stopped, since: StatusViewTests.now + .seconds(-190_000))
        }
    }

    private func text(_ parts: [PartStatus], width: Int = 100) -> String {
        StatusView(parts).lines(now: StatusViewTests.now, width: width).map { $0 + "\n" }.joined()
    }

    @Test("Parts that are ready are shown with a reassuring sentence")
    func ready() {
        expectGolden(text([database, service]), "status-ready")
    }

    @Test("A part that is being restarted is shown with its reason")
    func backingOff() {
        expectGolden(text([restarting, service]), "status-restarting")
    }

    @Test("Several parts that are not ready are all named")
    func several() {
        var waiting = service
        waiting.state = .waiting
        waiting.pid = nil
        waiting.memory = nil
        let failed = PartStatus(
            name: "exporter", kind: "exporter", state: .failed, since: StatusViewTests.now, restarts: 10,
            lastRestartReason: "exited with status 78", detail: "exited with status 78")
        expectGolden(text([restarting, waiting, failed]), "status-several")
    }

    @Test("Stopped parts and a system without parts both say that nothing runs")
    func nothing() {
        expectGolden(text(stopped), "status-stopped")
        expectGolden(text([]), "status-nothing")
    }

    @Test("On a narrow terminal the reason gives way, and the sentence still tells it in full")
    func narrow() {
        var part = restarting
        part.detail = "could not bind 127.0.0.1:5432 because the address is in use"
        part.lastRestartReason = "could not bind 127.0.0.1:5432 because the address is in use"
        let text = text([part, service], width: 80)
        expectGolden(text, "status-narrow")
        #expect(text.split(separator: "\n").allSatisfy { String($0).displayWidth <= 80 })
    }

    @Test(
        "One part alone is spoken of as one",
        arguments: [
            (PartStatus.State.ready, "the only part is ready"), (.stopped, "nothing runs: the only part is stopped"),
            (.starting, "the only part is not ready: postgres (starting)"),
            (.unresponsive, "the only part is not ready: postgres (unresponsive)"),
        ])
    func single(state: PartStatus.State, summary: String) {
        var part = database
        part.state = state
        #expect(StatusView([part]).summary == summary)
    }

    @Test("A clock that was set back shows no negative age")
    func clockSetBack() {
        var part = database
        part.since = StatusViewTests.now + .seconds(50)
        #expect(text([part]).contains(" 0 s "))
    }

    @Test("A name cannot steer the terminal")
    func controlCharacters() {
        var part = restarting
        part.detail = "\u{1B}[2Jline\nbreak"
        part.lastRestartReason = "\u{1B}[2Jline\nbreak"
        #expect(!text([part]).contains("\u{1B}"))
        #expect(text([part]).split(separator: "\n").count == 3)
    }
}
