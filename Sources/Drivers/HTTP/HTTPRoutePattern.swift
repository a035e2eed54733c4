/// The paths of a route, like `/v1/salons/{id}`: parts that stand there as they are, and parameters for one segment
/// each.
public struct HTTPRoutePattern: Hashable, Sendable, CustomStringConvertible {
    enum Part: Hashable, Sendable {
        case literal(String)
        case parameter(String)
    }

    /// As it was written.
    public let description: String
    let parts: [Part]

    /// Reads a pattern; nil when it has no leading slash, a brace in a wrong place or a parameter twice.
    public init?(_ text: String) {
        guard text.hasPrefix("/") else { return nil }
        description = text
        var parts: [Part] = []
        for segment in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let part = HTTPRoutePattern.part(segment) else { return nil }
            if case .parameter = part, parts.contains(part) { return nil }
            parts.append(part)
        }
        self.parts = parts
    }

    private static func part(_ segment: Substring) -> Part? {
        guard segment.contains(where: { $0 == "{" || $0 == "}" }) else { return .literal(String(segment)) }
        guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return nil }
        let name = segment.dropFirst().dropLast()
        let isName = !name.isEmpty && name.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        return isName ? .parameter(String(name)) : nil
    }

    /// The names of the parameters in their order.
    public var parameters: [String] {
        parts.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }
}

extension HTTPRoutePattern: ExpressibleByStringLiteral {
    /// A pattern of the sources; a wrong one stops the program at its start.
    public init(stringLiteral value: String) {
        guard let pattern = HTTPRoutePattern(value) else { preconditionFailure("\(value) is no route pattern") }
        self = pattern
    }
}
