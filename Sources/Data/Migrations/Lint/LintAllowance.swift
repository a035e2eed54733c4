/// The comments in front of a statement that allow what the lint would object to:
/// `-- parlor: allow drop-column because nothing has read it since March`.
struct LintAllowance {
    private(set) var reasons: [LintRule: String] = [:]
    /// What is wrong with comments that were meant as such.
    private(set) var faults: [String] = []

    init(_ comments: [String]) {
        for comment in comments {
            for line in comment.split(separator: "\n") { read(line) }
        }
    }

    private mutating func read(_ line: Substring) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }).map(String.init)
            .drop { $0.allSatisfy { $0 == "-" || $0 == "/" || $0 == "*" } }.filter { $0 != "*/" }
        guard words.first == "parlor:", words.dropFirst().first == "allow" else { return }
        let said = words.dropFirst(2)
        guard let name = said.first, let rule = LintRule(rawValue: name) else {
            return faults.append("it names no rule")
        }
        guard rule.mayBeAllowed else { return faults.append("\(name) cannot be allowed") }
        let reason = said.dropFirst()
        guard reason.first == "because", reason.count > 1 else {
            return faults.append("it gives no reason; write: allow \(name) because …")
        }
        reasons[rule] = reason.dropFirst().joined(separator: " ")
    }
}
