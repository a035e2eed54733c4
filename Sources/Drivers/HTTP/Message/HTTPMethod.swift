/// What a request wants done; any token may be one.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The method as it stands in the request line; its case matters.
    public let rawValue: String

    /// A method by its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The name.
    public var description: String { rawValue }

    /// Gives a representation back, and changes nothing.
    public static let get = HTTPMethod(rawValue: "GET")
    /// Like GET, but without the body of the response.
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// Hands something over to be processed.
    public static let post = HTTPMethod(rawValue: "POST")
    /// Replaces or makes a resource.
    public static let put = HTTPMethod(rawValue: "PUT")
    /// Changes a part of a resource.
    public static let patch = HTTPMethod(rawValue: "PATCH")
    /// Removes a resource.
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// Asks what is possible.
    public static let options = HTTPMethod(rawValue: "OPTIONS")
}

/// The versions of the protocol that are spoken here.
public enum HTTPVersion: String, Hashable, Sendable {
    /// One request for each connection unless both sides say otherwise.
    case http10 = "HTTP/1.0"
    /// Connections stay open unless one side says otherwise.
    case http11 = "HTTP/1.1"
}
