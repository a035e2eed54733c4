/// The one value of a YAML file, read strictly.
///
/// Of YAML's many ways only those are taken that can be checked by eye: one document, no anchors, tags or key twice.
/// What was understood before a mistake is kept, so that the mistakes of its values can be told together with it.
package struct YAMLDocument: Sendable {
    /// The value; nil when the file is empty or unreadable from its start.
    package let root: YAMLNode?
    /// Everything that was not accepted, in the file's order.
    package let faults: [YAMLFault]
    /// Whether the file was understood to its end.
    package let isComplete: Bool

    /// Reads the bytes of a file.
    package init(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        let unreadable = YAMLText(text).faults
        guard unreadable.isEmpty else {
            (root, faults, isComplete) = (nil, unreadable, false)
            return
        }
        let events = YAMLEvents(text)
        var tree = YAMLTree(events.events)
        root = tree.root()
        let syntax = events.complaint.map { [$0.fault] } ?? []
        faults = (tree.faults + syntax).sorted { $0.position < $1.position }
        isComplete = syntax.isEmpty && !tree.isTooDeep
    }
}

/// What can be said about the characters of a file before its structure is looked at.
private struct YAMLText {
    private(set) var faults: [YAMLFault] = []

    init(_ text: [UInt8]) {
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            check(line, number: index + 1)
        }
    }

    private mutating func check(_ line: ArraySlice<UInt8>, number: Int) {
        guard String(validating: line, as: UTF8.self) != nil else {
            let column = validCharacters(line) + 1
            faults.append(
                YAMLFault(
                    FilePosition(line: number, column: column), "this character is not UTF-8",
                    hint: "Save the file in the encoding UTF-8."))
            return
        }
        let indentation = line.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        if let tab = indentation.firstIndex(of: UInt8(ascii: "\t")) {
            faults.append(
                YAMLFault(
                    FilePosition(line: number, column: tab - line.startIndex + 1), "a tab stands in the indentation",
                    hint: "Indent with spaces."))
        }
    }

    /// How many characters of the line can be read before the first that cannot.
    private func validCharacters(_ line: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var bytes = line.makeIterator()
        var count = 0
        while case .scalarValue = decoder.decode(&bytes) { count += 1 }
        return count
    }
}
