import Basics

/// Goes through a tree of folders in the order of the objects' names, and stops when a page is full.
struct FolderWalk {
    /// One entry of a folder.
    struct Entry: Hashable {
        var name: String
        var isFolder: Bool
    }

    private let query: ObjectQuery
    /// Names up to this one, and those that begin with it when it is a common prefix, are behind us.
    private let start: String
    private let entries: (String) throws -> [Entry]
    private let describe: (ObjectName) throws -> ObjectDescription?
    private var lines: [ObjectEntry] = []
    private var lastPrefix: String?
    private var isFull = false

    /// `entries` lists a folder, given as parts of names between slashes; `describe` gives nil for what has gone.
    init(
        _ query: ObjectQuery, continuing continuation: String?, entries: @escaping (String) throws -> [Entry],
        describe: @escaping (ObjectName) throws -> ObjectDescription?
    ) {
        self.query = query
        self.entries = entries
        self.describe = describe
        start = [continuation, query.after].compactMap(\.self).max { $0.utf8.lexicographicallyPrecedes($1.utf8) } ?? ""
        // A page that ended with a common prefix must not begin with the same one.
        if let delimiter = query.delimiter, let continuation, continuation.hasSuffix(delimiter) {
            lastPrefix = continuation
        }
    }

    /// The page.
    mutating func page() throws -> ObjectPage {
        try visit(path: "", prefix: "")
        guard isFull else { return ObjectPage(lines, continuation: nil) }
        let last: String? =
            switch lines.last {
            case .object(let object): object.name.text
            case .prefix(let prefix): prefix
            case nil: nil
            }
        return ObjectPage(lines, continuation: last)
    }

    private mutating func visit(path: String, prefix: String) throws {
        var parts: [(text: String, entry: Entry)] = []
        for entry in try entries(path) {
            guard let part = FolderPaths.part(of: entry.name, isFolder: entry.isFolder) else { continue }
            parts.append((prefix + part + (entry.isFolder ? "/" : ""), entry))
        }
        parts.sort { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
        for (text, entry) in parts where !isFull {
            guard entry.isFolder else {
                try add(text)
                continue
            }
            guard mayHold(text) else { continue }
            try visit(path: path.isEmpty ? entry.name : "\(path)/\(entry.name)", prefix: text)
        }
    }

    /// Whether names that begin with `text` can be wanted.
    private func mayHold(_ text: String) -> Bool {
        guard begins(text, query.prefix) || begins(query.prefix, text) else { return false }
        if let lastPrefix, begins(text, lastPrefix) { return false }
        return !text.utf8.lexicographicallyPrecedes(start.utf8) || begins(start, text)
    }

    private mutating func add(_ text: String) throws {
        guard begins(text, query.prefix), start.isEmpty || start.utf8.lexicographicallyPrecedes(text.utf8) else {
            return
        }
        if let lastPrefix, begins(text, lastPrefix) { return }
        let common = query.delimiter.flatMap { commonPrefix(of: text, delimiter: $0) }
        guard lines.count < query.pageSize else { return isFull = true }
        if let common {
            lastPrefix = common
            lines.append(.prefix(common))
        } else if let name = try? ObjectName(text), let object = try describe(name) {
            lines.append(.object(object))
        }
    }

    private func commonPrefix(of text: String, delimiter: String) -> String? {
        let rest = text.utf8.dropFirst(query.prefix.utf8.count)
        let wanted = Array(delimiter.utf8)
        guard !wanted.isEmpty else { return nil }
        var index = rest.startIndex
        while index < rest.endIndex {
            if rest[index...].starts(with: wanted) {
                let end = rest.index(index, offsetBy: wanted.count)
                return String(decoding: text.utf8[..<end], as: UTF8.self)
            }
            index = rest.index(after: index)
        }
        return nil
    }

    private func begins(_ text: String, _ prefix: String) -> Bool { text.utf8.starts(with: prefix.utf8) }
}
