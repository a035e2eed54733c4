/// Expressions in the form that the server keeps when it reads its own words again.
///
/// Of `name IN ('a', 'b')` on a `varchar` column it first makes `(ARRAY['a'::character varying, …])::text[]`, and of
/// that, written down and read again, `ARRAY[('a'::character varying)::text, …]`. Only the second form is stable.
enum SettledExpression {
    static func settled(_ text: String) -> String {
        var rest = Substring(text)
        var settled = ""
        while let begin = rest.firstRange(of: "(ARRAY[") {
            settled += rest[..<begin.lowerBound]
            let inside = rest[begin.upperBound...]
            guard let end = inside.firstRange(of: "])::"), let array = rewritten(inside[..<end.lowerBound]),
                let bracket = inside[end.upperBound...].firstRange(of: "[]")
            else {
                settled += rest[begin]
                rest = inside
                continue
            }
            let type = inside[end.upperBound..<bracket.lowerBound]
            settled += "ARRAY[" + array.map { "(\($0))::\(type)" }.joined(separator: ", ") + "]"
            rest = inside[bracket.upperBound...]
        }
        return settled + rest
    }

    /// The elements, when each is a text with a cast; nil when there is anything else among them.
    private static func rewritten(_ inside: Substring) -> [String]? {
        guard let script = try? SQLScript(String(inside)), script.statements.count == 1 else { return nil }
        let parts = script.statements[0].tokens.splitAtCommas()
        let bytes = Array(inside.utf8)
        var elements: [String] = []
        for part in parts {
            guard part.count > 2, part[0].kind == .text, part[1].isSymbol("::"),
                part[2...].allSatisfy({ $0.kind == .word }), let last = part.last
            else { return nil }
            elements.append(String(decoding: bytes[part[0].range.lowerBound..<last.range.upperBound], as: UTF8.self))
        }
        return elements
    }
}

extension Substring {
    /// Where a text stands first.
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
