/// Routes by the segments of their paths. A literal segment is preferred over a parameter, at every depth.
struct HTTPRouteTree: Sendable {
    fileprivate struct Leaf: Sendable {
        let names: [String]
        let route: HTTPRoute
    }

    /// What a path leads to.
    struct Match {
        fileprivate let leaves: [HTTPMethod: Leaf]
        fileprivate let values: [String]

        /// The methods that the path has routes for, sorted.
        var methods: [HTTPMethod] { leaves.keys.sorted { $0.rawValue < $1.rawValue } }

        /// The route for a method, and the values of its parameters.
        subscript(method: HTTPMethod) -> (route: HTTPRoute, parameters: [String: String])? {
            leaves[method].map { leaf in
                (leaf.route, Dictionary(zip(leaf.names, values)) { first, _ in first })
            }
        }
    }

    private var literals: [String: HTTPRouteTree] = [:]
    // An array of none or one, because a struct cannot hold itself.
    private var parameter: [HTTPRouteTree] = []
    private var leaves: [HTTPMethod: Leaf] = [:]

    /// Adds a route; false when one for the same method and paths is there already.
    mutating func insert(_ route: HTTPRoute) -> Bool {
        let pattern = route.identity.pattern
        return insert(Leaf(names: pattern.parameters, route: route), at: pattern.parts[...])
    }

    private mutating func insert(_ leaf: Leaf, at parts: ArraySlice<HTTPRoutePattern.Part>) -> Bool {
        switch parts.first {
        case nil:
            return leaves.updateValue(leaf, forKey: leaf.route.identity.method) == nil
        case .literal(let text):
            return literals[text, default: HTTPRouteTree()].insert(leaf, at: parts.dropFirst())
        case .parameter:
            if parameter.isEmpty { parameter.append(HTTPRouteTree()) }
            return parameter[0].insert(leaf, at: parts.dropFirst())
        }
    }

    /// The routes at a path; nil when there are none.
    func match(_ segments: ArraySlice<String>, values: [String] = []) -> Match? {
        guard let segment = segments.first else { return leaves.isEmpty ? nil : Match(leaves: leaves, values: values) }
        let rest = segments.dropFirst()
        if let match = literals[segment]?.match(rest, values: values) { return match }
        // An empty segment is no value: `/salons/` is not a salon without a name.
        guard !segment.isEmpty else { return nil }
        return parameter.first?.match(rest, values: values + [segment])
    }
}
