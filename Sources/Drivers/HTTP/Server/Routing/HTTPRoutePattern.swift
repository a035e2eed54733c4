/// The paths of a route: segments that stand there as they are, parameters for one segment each, like `{id}`, and at the
/// end perhaps a parameter for all that is left, like `{path...}`.
///
/// A parameter that is interpolated, `"/v1/salons/\(salon)"`, takes only segments that are values of its type; one that
/// is written out takes any that is not empty.
public struct HTTPRoutePattern: Hashable, Sendable, CustomStringConvertible {
    /// A parameter as a list of routes shows it.
    public struct Parameter: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The name of the type of its values.
        public let type: String
    }

    enum Part: Hashable, Sendable {
        case literal(String)
        case parameter(String, HTTPPathType)
        /// All that is left of the path, at least one segment.
        case rest(String)

        var name: String? {
            switch self {
            case .literal: nil
            case .parameter(let name, _), .rest(let name): name
            }
        }
    }

    /// As it was written, a typed parameter by its name.
    public let description: String
    let parts: [Part]

    /// Reads a pattern; nil when it has no leading slash, a brace in a wrong place or a parameter twice.
    public init?(_ text: String) { self.init(text, types: [:]) }

    fileprivate init?(_ text: String, types: [String: HTTPPathType]) {
        guard text.hasPrefix("/") else { return nil }
        description = text
        var parts: [Part] = []
        for segment in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let part = HTTPRoutePattern.part(segment, types) else { return nil }
            if case .rest = parts.last { return nil }
            if let name = part.name, parts.contains(where: { $0.name == name }) { return nil }
            parts.append(part)
        }
        self.parts = parts
    }

    private static func part(_ segment: Substring, _ types: [String: HTTPPathType]) -> Part? {
        guard segment.contains(where: { $0 == "{" || $0 == "}" }) else { return .literal(String(segment)) }
        guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return nil }
        let takesRest = segment.hasSuffix("...}")
        let name = segment.dropFirst().dropLast(takesRest ? 4 : 1)
        let isName = !name.isEmpty && name.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        guard isName else { return nil }
        return takesRest ? .rest(String(name)) : .parameter(String(name), types[String(name)] ?? .text)
    }

    /// The parameters in their order.
    public var parameters: [Parameter] {
        parts.compactMap { part in
            switch part {
            case .literal: nil
            case .parameter(let name, let type): Parameter(name: name, type: type.name)
            case .rest(let name): Parameter(name: name, type: "path")
            }
        }
    }
}

extension HTTPRoutePattern: ExpressibleByStringInterpolation {
    /// A pattern of the sources, as it is put together.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var types: [String: HTTPPathType] = [:]

        /// An empty one.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds text of the pattern.
        public mutating func appendLiteral(_ literal: String) { text += literal }

        /// Adds a parameter.
        public mutating func appendInterpolation<Value>(_ parameter: HTTPPathParameter<Value>) {
            text += "{\(parameter.name)}"
            types[parameter.name] = HTTPPathType(Value.self)
        }
    }

    /// A pattern of the sources; a wrong one stops the program at its start.
    public init(stringInterpolation: StringInterpolation) {
        guard let pattern = HTTPRoutePattern(stringInterpolation.text, types: stringInterpolation.types) else {
            preconditionFailure("\(stringInterpolation.text) is no route pattern")
        }
        self = pattern
    }

    /// A pattern of the sources; a wrong one stops the program at its start.
    public init(stringLiteral value: String) {
        guard let pattern = HTTPRoutePattern(value) else { preconditionFailure("\(value) is no route pattern") }
        self = pattern
    }
}

/// The type of a parameter without its Swift type: a name, and which segments are values of it.
struct HTTPPathType: Hashable, Sendable {
    static let text = HTTPPathType(String.self)

    let name: String
    private let swiftName: String
    let accepts: @Sendable (String) -> Bool

    init<Value: HTTPPathValue>(_ type: Value.Type) {
        name = type.pathType
        swiftName = String(reflecting: type)
        accepts = { Value(pathSegment: $0) != nil }
    }

    var isText: Bool { self == Self.text }

    static func == (left: HTTPPathType, right: HTTPPathType) -> Bool { left.swiftName == right.swiftName }

    func hash(into hasher: inout Hasher) { hasher.combine(swiftName) }
}
