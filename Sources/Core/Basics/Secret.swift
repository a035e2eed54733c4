/// A value that must never be seen: every way of printing it shows a mask.
public struct Secret: Hashable, Sendable {
    private let value: String

    /// What stands in the place of a secret.
    public static let mask = "********"

    /// Keeps `value` from being printed.
    public init(_ value: String) { self.value = value }

    /// A new secret of 256 random bits from the kernel's generator, in characters that need no quoting anywhere.
    public static func generate() -> Secret {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var generator = SystemRandomNumberGenerator()
        // 43 characters of 6 bits hold 258 bits.
        return Secret(String((0..<43).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }))
    }

    /// The value itself: for the one place that hands it to its purpose.
    public func reveal() -> String { value }

    /// Whether there is anything to hide.
    public var isEmpty: Bool { value.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The mask.
    public var description: String { Secret.mask }
    /// The mask.
    public var debugDescription: String { Secret.mask }
    /// Nothing: a mirror must not reach the value.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
