/// Puts events together to values.
struct YAMLTree {
    private static let depthMax = 32

    private var events: ArraySlice<YAMLEvent>
    private var depth = 0
    private(set) var faults: [YAMLFault] = []
    private(set) var isTooDeep = false

    init(_ events: [YAMLEvent]) { self.events = events[...] }

    /// The value of the first document; nil when there is none.
    mutating func root() -> YAMLNode? {
        guard case .documentStart = events.first?.kind else { return nil }
        events.removeFirst()
        let root = node()
        let second = events.first { if case .documentStart = $0.kind { true } else { false } }
        if let second { faults.append(YAMLFault(second.position, "a second document begins, expected only one")) }
        return root
    }

    /// The next value; nil when the events end first.
    private mutating func node() -> YAMLNode? {
        guard let event = events.popFirst() else { return nil }
        checkDecoration(event)
        let empty = YAMLNode(position: event.position, content: .scalar("", isPlain: true))
        switch event.kind {
        case .scalar(let text, let isPlain):
            return YAMLNode(position: event.position, content: .scalar(text, isPlain: isPlain))
        case .alias:
            faults.append(YAMLFault(event.position, "aliases are not used here", hint: YAMLFault.quotesHint))
            return empty
        case .listStart: return nested(event) { tree in .list(tree.list()) }
        case .mappingStart: return nested(event) { tree in .mapping(tree.mapping()) }
        case .documentStart, .listEnd, .mappingEnd: return empty
        }
    }

    private var nextIsAlias: Bool { if case .alias = events.first?.kind { true } else { false } }

    private mutating func checkDecoration(_ event: YAMLEvent) {
        if event.hasAnchor {
            faults.append(YAMLFault(event.position, "anchors are not used here", hint: YAMLFault.quotesHint))
        }
        if event.hasTag {
            faults.append(YAMLFault(event.position, "tags are not used here", hint: YAMLFault.quotesHint))
        }
    }

    private mutating func nested(_ event: YAMLEvent, _ read: (inout YAMLTree) -> YAMLNode.Content) -> YAMLNode? {
        guard depth < YAMLTree.depthMax else {
            faults.append(YAMLFault(event.position, "this is nested deeper than \(YAMLTree.depthMax) levels"))
            isTooDeep = true
            events = []
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        return YAMLNode(position: event.position, content: read(&self))
    }

    private mutating func list() -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while let event = events.first {
            if case .listEnd = event.kind {
                events.removeFirst()
                break
            }
            if let element = node() { elements.append(element) }
        }
        return elements
    }

    private mutating func mapping() -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var lines: [String: Int] = [:]
        while let event = events.first {
            if case .mappingEnd = event.kind {
                events.removeFirst()
                break
            }
            let isAliased = nextIsAlias
            guard let key = node() else { break }
            let isUnusable = nextIsAlias || isAliased
            guard let value = node() else { break }
            if isUnusable { continue }
            guard case .scalar(let name, _) = key.content else {
                faults.append(YAMLFault(key.position, "a key is a list or a mapping, expected a name"))
                continue
            }
            if let line = lines[name] {
                faults.append(
                    YAMLFault(key.position, "the key \(quoted(name)) stands here again, first on line \(line)"))
                continue
            }
            lines[name] = key.position.line
            entries.append(YAMLNode.Entry(name: name, position: key.position, value: value))
        }
        return entries
    }
}
