/// What a segment of a path is read as. A segment that is no such value leads nowhere: the path has no route.
public protocol HTTPPathValue: Sendable {
    /// The name of the type in a list of routes, like `integer`.
    static var pathType: String { get }

    /// Reads a decoded segment, which is never empty; nil when it is no value of the type.
    init?(pathSegment: String)
}

extension String: HTTPPathValue {
    /// Any text.
    public static var pathType: String { "text" }

    /// The segment itself.
    public init?(pathSegment: String) { self = pathSegment }
}

extension Int: HTTPPathValue {
    /// Decimal digits, perhaps with a minus.
    public static var pathType: String { "integer" }

    /// Reads a number as it is written in one way only: without a plus sign, and without zeros in front.
    public init?(pathSegment: String) {
        guard let number = Int(pathSegment), String(number) == pathSegment else { return nil }
        self = number
    }
}

extension HTTPPathValue where Self: RawRepresentable, RawValue: HTTPPathValue {
    /// That of the raw value.
    public static var pathType: String { RawValue.pathType }

    /// Reads a raw value that stands for one of these.
    public init?(pathSegment: String) {
        guard let raw = RawValue(pathSegment: pathSegment), let value = Self(rawValue: raw) else { return nil }
        self = value
    }
}

/// A parameter of a route's path, with the type of its values. The pattern and the handler name it by the same constant:
///
///     let salon = HTTPPathParameter<Int>("salon")
///     router.get("/v1/salons/\(salon)", "Shows a salon.") { .text("salon \(try $0.parameter(salon))") }
public struct HTTPPathParameter<Value: HTTPPathValue>: Sendable {
    /// The name in the pattern.
    public let name: String

    /// A parameter.
    public init(_ name: String, as type: Value.Type = Value.self) { self.name = name }
}

extension HTTPRequest {
    /// The value of the route's parameter. That the path holds one is the route's doing; a route that was not written
    /// with the parameter is a mistake, and a 500.
    public func parameter<Value>(_ parameter: HTTPPathParameter<Value>) throws(HTTPProblem) -> Value {
        guard let text = parameters[parameter.name], let value = Value(pathSegment: text) else {
            throw HTTPProblem(.internalServerError)
        }
        return value
    }
}
