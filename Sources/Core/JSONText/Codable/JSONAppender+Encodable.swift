extension JSONAppender {
    /// A value of a type that is `Encodable`, for cold paths. Where it throws, nothing was appended.
    ///
    /// A number that is infinite or NaN is an `EncodingError`, because JSON has none.
    public mutating func append(
        encoding value: some Encodable, userInfo: [CodingUserInfoKey: any Sendable] = [:]
    ) throws {
        let encoder = NodeEncoder(userInfo: userInfo, codingPath: [])
        try value.encode(to: encoder)
        guard encoder.node.isSet else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "the value encodes nothing"))
        }
        encoder.node.write(to: &self)
    }
}

/// A value that is being encoded. Its parts may be given in any order, so it is written when all of it is there.
final class EncodedNode {
    private enum Content {
        case nothing
        case scalar((inout JSONAppender) -> Void)
        case members([(name: String, node: EncodedNode)], places: [String: Int])
        case elements([EncodedNode])
    }

    private var content = Content.nothing

    var isSet: Bool { if case .nothing = content { false } else { true } }

    /// How many elements the list has.
    var count: Int { if case .elements(let nodes) = content { nodes.count } else { 0 } }

    func set(_ value: some JSONWritable) { content = .scalar { value.write(to: &$0) } }

    func setNull() { content = .scalar { $0.appendNull() } }

    /// Makes it an object, if it is none yet.
    func becomeObject() {
        if case .members = content { return }
        content = .members([], places: [:])
    }

    /// Makes it a list, if it is none yet.
    func becomeList() {
        if case .elements = content { return }
        content = .elements([])
    }

    /// The node of a member, which takes the place of an earlier one of that name.
    func member(_ name: String) -> EncodedNode {
        guard case .members(var members, var places) = content else { return EncodedNode() }
        // While two hold the arrays, each change would copy them.
        content = .nothing
        defer { content = .members(members, places: places) }
        let node = EncodedNode()
        if let place = places[name] {
            members[place].node = node
        } else {
            places[name] = members.count
            members.append((name, node))
        }
        return node
    }

    /// The node of a new last element.
    func element() -> EncodedNode {
        guard case .elements(var elements) = content else { return EncodedNode() }
        content = .nothing
        defer { content = .elements(elements) }
        let node = EncodedNode()
        elements.append(node)
        return node
    }

    func write(to json: inout JSONAppender) {
        switch content {
        // What was asked for and never filled, as Foundation has it.
        case .nothing: json.object { _ in }
        case .scalar(let write): write(&json)
        case .elements(let nodes):
            json.list { json in
                for node in nodes { node.write(to: &json) }
            }
        case .members(let members, _):
            json.object { json in
                for (name, node) in members {
                    json.name(computed: name)
                    node.write(to: &json)
                }
            }
        }
    }
}
