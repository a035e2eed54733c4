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
        var tree: HTTPRouteTree
    }

    private var literals: [String: HTTPRouteTree] = [:]
    private var parameters: [Branch] = []
    private var rest: Leaves = [:]
    private var leaves: Leaves = [:]
    /// At the root: what whole paths without parameters lead to, which is what most requests ask for.
    private var whole: [String: Leaves] = [:]

    /// Adds a route; false when one for the same method and paths is there already.
    mutating func insert(_ route: HTTPRoute) -> Bool {
        let pattern = route.identity.pattern
        let leaf = Leaf(names: pattern.parameters.map(\.name), route: route)
        guard insert(leaf, at: pattern.parts[...]) else { return false }
        if leaf.names.isEmpty { whole[pattern.description, default: [:]][route.identity.method] = leaf }
        return true
    }

    private mutating func insert(_ leaf: Leaf, at parts: ArraySlice<HTTPRoutePattern.Part>) -> Bool {
        let method = leaf.route.identity.method
        switch parts.first {
        case nil: return leaves.updateValue(leaf, forKey: method) == nil
        case .rest: return rest.updateValue(leaf, forKey: method) == nil
        case .literal(let text):
            return literals[text, default: HTTPRouteTree()].insert(leaf, at: parts.dropFirst())
        case .parameter(_, let type):
            let index = parameters.firstIndex { $0.type == type } ?? addBranch(type)
            return parameters[index].tree.insert(leaf, at: parts.dropFirst())
        }
    }

    private mutating func addBranch(_ type: HTTPPathType) -> Int {
        // Any text comes last, for it takes everything.
        let index = !type.isText && parameters.last?.type.isText == true ? parameters.count - 1 : parameters.count
        parameters.insert(Branch(type: type, tree: HTTPRouteTree()), at: index)
        return index
    }

    /// The routes of a target; nil when there are none.
    func match(_ target: HTTPTarget) -> Match? {
        if target.isPlain, let leaves = whole[target.path] { return Match(leaves: leaves, values: []) }
        return match(target.segments[...], values: [])
    }

    private func match(_ segments: ArraySlice<String>, values: [String]) -> Match? {
        guard let segment = segments.first else { return leaves.isEmpty ? nil : Match(leaves: leaves, values: values) }
        let others = segments.dropFirst()
        if let match = literals[segment]?.match(others, values: values) { return match }
        // An empty segment is no value: `/salons/` is not a salon without a name.
        guard !segment.isEmpty else { return nil }
        for branch in parameters where branch.type.accepts(segment) {
            if let match = branch.tree.match(others, values: values + [segment]) { return match }
        }
        // A slash inside a segment must not come to look like one between two.
        guard !rest.isEmpty, segments.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "/")) }) else {
            return nil
        }
        return Match(leaves: rest, values: values + [segments.joined(separator: "/")])
    }
}
