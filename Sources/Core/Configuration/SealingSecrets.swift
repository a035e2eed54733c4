public import Basics

/// The master secrets of sealed fields, by their numbers.
public struct SealingSecrets: Equatable, Sendable {
    /// Each, the oldest first.
    public let secrets: [(number: UInt16, secret: Secret)]

    /// Reads `1=secret`, several with a semicolon between them; nil when that is not what it is, or a number comes twice.
    public init?(_ text: String) {
        var secrets: [(number: UInt16, secret: Secret)] = []
        for part in text.split(separator: ";") {
            let sides = part.split(separator: "=", maxSplits: 1)
            let digits = sides[0].filter { $0 != " " }
            guard sides.count == 2, let number = UInt16(digits), !secrets.contains(where: { $0.number == number })
            else { return nil }
            let secret = sides[1].drop { $0 == " " }
            guard secret.utf8.count >= 32, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
            secrets.append((number, Secret(String(secret))))
        }
        guard !secrets.isEmpty else { return nil }
        self.secrets = secrets.sorted { $0.number < $1.number }
    }

    /// As it is read.
    var text: String { secrets.map { "\($0.number)=\($0.secret.reveal())" }.joined(separator: "; ") }

    /// Whether both have the same secrets.
    public static func == (left: SealingSecrets, right: SealingSecrets) -> Bool {
        left.secrets.elementsEqual(right.secrets) { $0 == $1 }
    }
}

extension ConfigurationValue where Value == SealingSecrets {
    /// Master secrets.
    static var sealingSecrets: Self {
        ConfigurationValue(
            expectation: "numbers and secrets of at least 32 characters without spaces, such as 1=<secret>; 2=<secret>",
            read: { SealingSecrets($0) }, write: { $0.text }, json: { _ in .string(Secret.mask) })
    }
}
