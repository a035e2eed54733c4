import Basics
package import Hardening

/// The hardening checklist for people: a table, what failed with why, and a sentence that sums it up.
package struct HardeningView: Sendable {
    private let report: HardeningReport
    private static let reasonsMax = 5

    /// A view of a report.
    package init(_ report: HardeningReport) { self.report = report }

    /// The lines.
    package func lines(width: Int, inColor: Bool = false) -> [String] {
        let table = Table(
            columns: [
                Table.Column("SECTION"), Table.Column("LINE"), Table.Column("RESULT"),
                Table.Column("TRIALS", .right), Table.Column("WHAT IT PROMISES", shrinks: true),
            ], rows: report.results.enumerated().map(row))
        let remarks = report.results.flatMap { remark($0, width, inColor) }
        return table.lines(fitting: width, inColor: inColor) + remarks + [""] + wrapped(summary, width: width)
    }

    /// The sentence.
    package var summary: String {
        let counts = report.counts
        let aside = counts.notApplicable == 0 ? "" : "; \(counts.notApplicable) not applicable"
        guard counts.failed > 0 else { return "all \(counts.passed) lines that apply passed\(aside)" }
        return "\(counts.failed) of \(counts.failed + counts.passed) lines failed\(aside)"
    }

    private func row(_ index: Int, _ result: HardeningResult) -> [Table.Cell] {
        let section = result.check.section
        // A section's name stands at its first line alone.
        let isFirst = index == 0 || report.results[index - 1].check.section != section
        var trials = ""
        if case .passed(let count) = result.verdict { trials = String(count) }
        return [
            Table.Cell(isFirst ? section.rawValue : "", .bold), Table.Cell(result.check.name),
            Table.Cell(result.verdict.word, style(result.verdict)), Table.Cell(trials),
            Table.Cell(result.check.promise),
        ]
    }

    private func style(_ verdict: Verdict) -> Style {
        switch verdict {
        case .passed: .green
        case .failed: .red
        case .notApplicable: .dim
        }
    }

    private func remark(_ result: HardeningResult, _ width: Int, _ inColor: Bool) -> [String] {
        let reasons = result.verdict.reasons
        guard !reasons.isEmpty else { return [] }
        let title = "\(result.check.name) \(result.hasFailed ? "failed" : "is not applicable")"
        var lines = ["", Style.bold.applied(to: title, if: inColor)]
        lines += reasons.prefix(Self.reasonsMax).flatMap { indented($0, width) }
        if reasons.count > Self.reasonsMax { lines.append("  and \(reasons.count - Self.reasonsMax) more") }
        if result.hasFailed { lines += indented("HINT: \(result.check.hint)", width) }
        return lines
    }

    private func indented(_ text: String, _ width: Int) -> [String] {
        wrapped(text.printable, width: width - 2).map { "  \($0)" }
    }
}
