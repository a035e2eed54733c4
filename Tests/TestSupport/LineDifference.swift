/// How two texts differ, line by line, with some lines around each change to find it by.
package struct LineDifference: CustomStringConvertible, Sendable {
    private enum Line: Sendable {
        case kept(String)
        case removed(String)
        case added(String)

        var isKept: Bool { if case .kept = self { true } else { false } }

        var text: String {
            switch self {
            case .kept(let text): "  \(text)"
            case .removed(let text): "- \(text)"
            case .added(let text): "+ \(text)"
            }
        }
    }

    private let lines: [Line]
    private let context: Int

    /// Compares two texts.
    package init(from old: String, to new: String, context: Int = 2) {
        let old = LineDifference.split(old)
        let new = LineDifference.split(new)
        self.context = context
        self.lines = LineDifference.merge(old, new)
    }

    /// The changed lines behind `-` and `+`, the lines around them, and `…` where unchanged lines are left out.
    package var description: String {
        let changed = lines.indices.filter { !lines[$0].isKept }
        var shown: [String] = []
        var last = -1
        for index in lines.indices where changed.contains(where: { abs($0 - index) <= context }) {
            if index > last + 1 { shown.append("…") }
            shown.append(lines[index].text)
            last = index
        }
        if last >= 0 && last < lines.count - 1 { shown.append("…") }
        return shown.joined(separator: "\n")
    }

    /// A missing end of the last line is a difference that one must be able to see.
    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() } else { lines[lines.count - 1] += "⏎ missing" }
        return lines
    }

    private static func merge(_ old: [String], _ new: [String]) -> [Line] {
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (fromOld, fromNew) = (0, 0)
        while fromOld < old.count || fromNew < new.count {
            if removed.contains(fromOld) {
                lines.append(.removed(old[fromOld]))
                fromOld += 1
            } else if added.contains(fromNew) {
                lines.append(.added(new[fromNew]))
                fromNew += 1
            } else {
                lines.append(.kept(old[fromOld]))
                fromOld += 1
                fromNew += 1
            }
        }
        return lines
    }
}
