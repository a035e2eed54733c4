/// What is declared of a metric before it can be counted: everything but its numbers.
struct MetricShape: Hashable, Sendable {
    /// What its numbers mean.
    enum Kind: String, Sendable { case counter, gauge, histogram }

    var kind: Kind
    var name: String
    var help: String
    var labels: [String] = []
    /// The bounds of a histogram's buckets; the last one, without a bound, is understood.
    var bounds: [Double] = []
    /// How many series there may be before further ones are counted together.
    var limit: Int = 200

    /// The names that its lines have in the exposition.
    var seriesNames: [String] {
        kind == .histogram ? [name, "\(name)_bucket", "\(name)_sum", "\(name)_count"] : [name]
    }

    /// What is wrong with the declaration; nil when it can be used.
    var fault: MetricFault? {
        guard MetricShape.isName(name) else { return .name(name) }
        guard !help.isEmpty else { return .help(name) }
        guard (kind == .counter) == name.hasSuffix("_total") else { return .total(name) }
        for (index, label) in labels.enumerated() {
            guard MetricShape.isName(label), !label.hasPrefix("__"), label != "le" else {
                return .label(label, of: name)
            }
            guard !labels[..<index].contains(label) else { return .labelTwice(label, of: name) }
        }
        if kind == .histogram {
            let ascends = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
            guard !bounds.isEmpty, ascends, bounds.allSatisfy(\.isFinite) else { return .bounds(of: name) }
        }
        return limit > 0 ? nil : .limit(of: name)
    }

    /// Letters, digits and underscores, no digit first. Colons are left to the rules of Prometheus.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { byte in
            isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// A mistake in the declaration or use of a metric. It stands in the sources, so the program stops at it.
enum MetricFault: Hashable, Sendable, CustomStringConvertible {
    case name(String)
    case help(String)
    case total(String)
    case label(String, of: String)
    case labelTwice(String, of: String)
    case bounds(of: String)
    case limit(of: String)
    case taken(String, by: String)
    case values(count: Int, labels: [String], of: String)

    var description: String {
        switch self {
        case .name(let name):
            "\"\(name)\" is no name of a metric; use letters, digits and underscores, and no digit first"
        case .help(let name): "the metric \(name) needs a sentence that explains it"
        case .total(let name): "the name of a counter ends in _total, and no other metric's does: \(name)"
        case .label(let label, let name):
            "\"\(label)\" is no label for \(name); use letters, digits, underscores; no digit or __ first; not le"
        case .labelTwice(let label, let name): "the metric \(name) has the label \(label) twice"
        case .bounds(let name):
            "the bounds of the histogram \(name) must be finite numbers in ascending order, at least one"
        case .limit(let name): "the metric \(name) must be allowed at least one series"
        case .taken(let name, let other): "the metric \(name) differs from \(other), which is registered already"
        case .values(let count, let labels, let name):
            "the metric \(name) has the labels (\(labels.joined(separator: ", "))), but \(count) values were given"
        }
    }

    /// Ends the program with the description.
    func stop() -> Never { preconditionFailure(description) }
}
