/// Routes by the segments of their paths. At every depth a literal segment is preferred over a typed parameter, that
/// over one of any text, and that over one for all that is left.
struct HTTPRouteTree: Sendable {
    fileprivate struct Leaf: Sendable {
        let names: [String]
        let route: HTTPRoute
    }

    fileprivate typealias Leaves = [HTTPMethod: Leaf]

    /// What a path leads to.
    struct Match {
        fileprivate let leaves: Leaves
        fileprivate let values: [String]

        /// The methods that the path has routes for, sorted.
        var methods: [HTTPMethod] { leaves.keys.sorted { $0.rawValue < $1.rawValue } }

        /// The route for a method, and the values of its parameters.
        subscript(method: HTTPMethod) -> (route: HTTPRoute, parameters: [String: String])? {
            leaves[method].map { leaf in
                guard !values.isEmpty else { return (leaf.route, [:]) }
                return (leaf.route, Dictionary(zip(leaf.names, values)) { first, _ in first })
            }
        }
    }

    private struct Branch: Sendable {
        let type: HTTPPathType
        let node: Int
    }

    /// What may follow one beginning of paths. Nodes name each other by their places, so that a walk copies none.
    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameters: [Branch] = []
        var rest: Leaves = [:]
        var leaves: Leaves = [:]
    }

    /// The root first.
    private var nodes = [Node()]
    /// What whole paths without parameters lead to, which is what most requests ask for.
    private var whole: [String: Leaves] = [:]

    /// Adds a route; false when one for the same method and paths is there already.
    mutating func insert(_ route: HTTPRoute) -> Bool {
        let pattern = route.identity.pattern
        let leaf = Leaf(names: pattern.parameters.map(\.name), route: route)
        guard insert(leaf, along: pattern.parts) else { return false }
        if leaf.names.isEmpty { whole[pattern.description, default: [:]][route.identity.method] = leaf }
        return true
    }

    private mutating func insert(_ leaf: Leaf, along parts: [HTTPRoutePattern.Part]) -> Bool {
        let method = leaf.route.identity.method
        var node = 0
        for part in parts {
            switch part {
            case .rest: return nodes[node].rest.updateValue(leaf, forKey: method) == nil
            case .literal(let text): node = nodes[node].literals[text] ?? addLiteral(text, to: node)
            case .parameter(_, let type):
                node = nodes[node].parameters.first { $0.type == type }?.node ?? addBranch(type, to: node)
            }
        }
        return nodes[node].leaves.updateValue(leaf, forKey: method) == nil
    }

    private mutating func addLiteral(_ text: String, to node: Int) -> Int {
        nodes.append(Node())
        nodes[node].literals[text] = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func addBranch(_ type: HTTPPathType, to node: Int) -> Int {
        nodes.append(Node())
        let others = nodes[node].parameters
        // Any text comes last, for it takes everything.
        let index = !type.isText && others.last?.type.isText == true ? others.count - 1 : others.count
        nodes[node].parameters.insert(Branch(type: type, node: nodes.count - 1), at: index)
        return nodes.count - 1
    }

    /// The routes of a target; nil when there are none.
    func match(_ target: HTTPTarget) -> Match? {
        if target.isPlain, let leaves = whole[target.path] { return Match(leaves: leaves, values: []) }
        var values: [String] = []
        return match(target.segments[...], from: 0, &values)
    }

    /// On success `values` are those of the parameters, else what they were.
    private func match(_ segments: ArraySlice<String>, from node: Int, _ values: inout [String]) -> Match? {
        guard let segment = segments.first else {
            return nodes[node].leaves.isEmpty ? nil : Match(leaves: nodes[node].leaves, values: values)
        }
        let others = segments.dropFirst()
        if let next = nodes[node].literals[segment], let match = match(others, from: next, &values) { return match }
        // An empty segment is no value: `/salons/` is not a salon without a name.
        guard !segment.isEmpty else { return nil }
        for branch in nodes[node].parameters where branch.type.accepts(segment) {
            values.append(segment)
            if let match = match(others, from: branch.node, &values) { return match }
            values.removeLast()
        }
        // A slash inside a segment must not come to look like one between two.
        guard !nodes[node].rest.isEmpty, segments.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "/")) })
        else { return nil }
        return Match(leaves: nodes[node].rest, values: values + [segments.joined(separator: "/")])
    }
}
