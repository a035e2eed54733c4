import Basics
import JSONText

/// A plan as EXPLAIN gives it, reduced to what tells how the work is done: kinds of nodes, names, estimates, and conditions
/// whose literals are taken out. What is not known here is left out, because it might hold a value.
struct QueryPlan: Equatable, CustomStringConvertible {
    /// A node with those below it.
    struct Node: Equatable {
        var kind: String
        /// The table, index or function it works on.
        var object: String?
        var rows: Double
        var cost: Double
        /// What it compares and sorts by, without literals.
        var conditions: [String]
        var children: [Node]
    }

    let root: Node

    /// Reads the text of `EXPLAIN (FORMAT JSON)`.
    init(json text: String) throws(ParlorError) {
        guard let tree = try? JSONReader().read(JSON.self, from: text), let plan = tree.elements?.first?["Plan"],
            let root = Node(plan, depth: 0)
        else { throw ParlorError(.malformed, "a query plan could not be read") }
        self.root = root
    }

    /// One line, the outermost node first: `Limit (rows 1, cost 8) [Index Scan using a on b (…): (id = $1)]`.
    var description: String { root.description }
}

extension QueryPlan.Node: CustomStringConvertible {
    private static let depthMax = 50
    private static let conditionNames = [
        "Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond", "TID Cond",
        "One-Time Filter", "Order By", "Sort Key", "Group Key", "Cache Key",
    ]

    fileprivate init?(_ json: JSON, depth: Int) {
        guard depth < Self.depthMax, let kind = json["Node Type"]?.text else { return nil }
        let join = json["Join Type"]?.text.flatMap { $0 == "Inner" ? nil : "\($0) " } ?? ""
        self.kind = join + kind
        let table = (json["Relation Name"] ?? json["Function Name"] ?? json["CTE Name"])?.text
        let index = json["Index Name"]?.text
        object = index.map { "using \($0)" + (table.map { " on \($0)" } ?? "") } ?? table.map { "on \($0)" }
        rows = json["Plan Rows"]?.number ?? 0
        cost = json["Total Cost"]?.number ?? 0
        conditions = Self.conditionNames.flatMap { json[$0]?.texts ?? [] }.map(withoutLiterals)
        children = json["Plans"]?.elements?.compactMap { Self($0, depth: depth + 1) } ?? []
    }

    var description: String {
        var text = kind
        if let object { text += " \(object)" }
        text += " (rows \(Self.rounded(rows)), cost \(Self.rounded(cost)))"
        if !conditions.isEmpty { text += ": \(conditions.joined(separator: ", "))" }
        if !children.isEmpty { text += " [\(children.map(\.description).joined(separator: "; "))]" }
        return text
    }

    private static func rounded(_ number: Double) -> String { Int64(exactly: number.rounded()).map(String.init) ?? "?" }
}

extension JSON {
    /// A text, or the texts of a list.
    fileprivate var texts: [String] { text.map { [$0] } ?? elements?.compactMap(\.text) ?? [] }

    fileprivate var number: Double? { if case .number(let number) = self { number } else { int.map(Double.init) } }
}
