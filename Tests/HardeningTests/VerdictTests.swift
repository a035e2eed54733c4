import Basics
import Loop
import Testing

@testable import Hardening

@Suite struct VerdictTests {
    @Test(
        "A line passes only when all that was tried held, and something was",
        arguments: [
            ([.sound("a"), .sound("b")], Verdict.passed(2)),
            ([.sound("a"), .inapplicable("b")], .passed(1)),
            ([.sound("a"), .violation("b"), .sound("c")], .failed(["b"])),
            ([.violation("b"), .violation("c")], .failed(["b", "c"])),
            ([.sound("a"), .untried("b")], .failed(["could not be tried: b"])),
            ([.inapplicable("b"), .inapplicable("c")], .notApplicable("b")),
            ([.inapplicable("b"), .violation("c")], .failed(["c"])),
            ([], .failed(["could not be tried: nothing was found to try it on"])),
        ] as [([Observation], Verdict)])
    func verdict(observations: [Observation], expected: Verdict) { #expect(Verdict(observations) == expected) }

    @Test(
        "An intruder who is refused proves something only where the right one gets in",
        arguments: [
            (.refused("x"), .admitted, .sound("it was refused")),
            (.admitted, .admitted, .violation("it was let in")),
            (.admitted, .unanswered("y"), .violation("it was let in")),
            (.refused("x"), .refused("y"), .untried("it was refused, and so was the right one: y")),
            (.refused("x"), .unanswered("y"), .untried("it was refused, and so was the right one: y")),
            (.unanswered("x"), .admitted, .untried("it: x")),
        ] as [(Attempt, Attempt, Observation)])
    func intruder(intruder: Attempt, control: Attempt, expected: Observation) {
        #expect(Observation("it", intruder: intruder, control: control) == expected)
    }

    @Test("What throws is a failure, in words that are safe to show")
    func thrown() async throws {
        let check = HardeningCheck("a", .machine, "b", hint: "c") { _, _ in
            throw ParlorError(.connection, "nobody answers", detail: "private")
        }
        let result = try await EventLoop.onThread { loop in await check.run(on: .nowhere, loop) }
        #expect(result.verdict == .failed(["could not be tried: nobody answers"]))
    }

    @Test("Names are single, and every line says what to do")
    func names() {
        let names = HardeningCheck.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count >= 25)
        for check in HardeningCheck.all {
            #expect(check.name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (97...122).contains($0) })
            #expect(check.hint.hasSuffix("."))
            #expect(!check.promise.hasSuffix("."))
        }
        let sections = HardeningCheck.all.map(\.section)
        #expect(HardeningCheck.Section.allCases.flatMap { section in sections.filter { $0 == section } } == sections)
    }

    @Test("A report says all that programs need")
    func json() {
        let checks = Array(HardeningCheck.all.prefix(3))
        let report = HardeningReport([
            HardeningResult(checks[0], .passed(4)), HardeningResult(checks[1], .failed(["a", "b"])),
            HardeningResult(checks[2], .notApplicable("c")),
        ])
        #expect(!report.isSound)
        #expect(report.json["sound"]?.boolean == false)
        #expect(report.json["failed"]?.int == 1)
        let lines = report.json["checks"]?.elements ?? []
        #expect(lines.map { $0["result"]?.text } == ["passed", "failed", "not_applicable"])
        #expect(lines[0]["trials"]?.int == 4)
        #expect(lines[0]["hint"] == .null)
        #expect(lines[1]["hint"]?.text == checks[1].hint)
        #expect(lines[1]["reasons"]?.elements == ["a", "b"])
    }
}
