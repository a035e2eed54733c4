import Digests
package import Postgres

/// How texts are made alike that mean the same, before they are looked up.
package enum BlindIndexForm: Sendable {
    /// As it is.
    case exact
    /// The digits of an international phone number, without what stands between them and without `+` or `00` in front.
    case phone
    /// An e-mail address in lower case, without white space around it.
    case email
    /// What the function makes of it; the empty text is nothing to look up.
    case custom(@Sendable (String) -> String)

    /// The text as it is looked up; nil when nothing is left of it.
    package func normalized(_ text: String) -> String? {
        let normalized =
            switch self {
            case .exact: text
            case .phone: Self.phone(text)
            case .email: Self.trimmed(text).lowercased()
            case .custom(let form): form(text)
            }
        return normalized.isEmpty ? nil : normalized
    }

    private static func phone(_ text: String) -> String {
        let digits = text.compactMap { $0.isNumber ? $0.wholeNumberValue : nil }.filter { $0 < 10 }
            .map(String.init).joined()
        return digits.hasPrefix("00") ? String(digits.dropFirst(2)) : digits
    }

    private static func trimmed(_ text: String) -> String {
        let end = text.lastIndex { !$0.isWhitespace }
        guard let start = text.firstIndex(where: { !$0.isWhitespace }), let end else { return "" }
        return String(text[start...end])
    }
}

/// What stands in a `bytea` column for a sealed text that is looked up: 16 bytes that tell only which texts of one
/// tenant's column are equal. Comparing two takes the same time wherever they differ.
package struct BlindIndexEntry: Hashable, Sendable {
    private let digest: Digest

    /// How many bytes it has. By chance two of a billion texts have the same with a probability of less than 10⁻²⁰.
    package static let size = 16

    init(_ digest: Digest) { self.digest = Digest(Array(digest.bytes.prefix(Self.size))) }

    /// The bytes as they are stored.
    package var bytes: [UInt8] { digest.bytes }
}

extension BlindIndexEntry: PostgresElement, PostgresCodable {
    /// `bytea`.
    package static var postgresType: PostgresType { .bytea }

    /// `bytea` only.
    package static func isReadable(from type: PostgresType) -> Bool { type == .bytea }

    /// Reads 16 bytes.
    package init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        digest = Digest(try reader.bytes(Self.size))
    }

    /// Writes the bytes.
    package func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) { writer.write(bytes) }
}

/// Finds sealed texts by equality: HMAC-SHA-256 with a key of its own over the tenant, the column and the text in its
/// normal form.
///
/// The database learns which rows of one tenant's column are equal, and nothing across tenants or columns. Whoever has
/// the key can try all phone numbers, which is why it is derived from a master secret and never stored.
///
/// During a rotation of keys a row has the entry of the old key or of the new one: search with
/// `column = ANY($1)` and `candidates`, and unique constraints hold only once all rows have the new one.
package struct BlindIndex: Sendable {
    private let keyring: SealingKeyring
    private let field: SealedField
    private let form: BlindIndexForm

    /// An index over one column.
    package init(_ field: SealedField, _ form: BlindIndexForm, with keyring: SealingKeyring) {
        self.field = field
        self.form = form
        self.keyring = keyring
    }

    /// What to store beside the sealed text; nil when there is nothing to look up by.
    package func entry(for text: String, of tenant: SalonIdentifier) -> BlindIndexEntry? {
        form.normalized(text).map { entry($0, tenant, keyring.sealing) }
    }

    /// What to search for: an entry for each key, today's first; none when there is nothing to look up by.
    package func candidates(for text: String, of tenant: SalonIdentifier) -> [BlindIndexEntry] {
        guard let normalized = form.normalized(text) else { return [] }
        let older = keyring.ids.reversed().filter { $0 != keyring.sealing }
        return ([keyring.sealing] + older).map { entry(normalized, tenant, $0) }
    }

    private func entry(_ normalized: String, _ tenant: SalonIdentifier, _ id: SealingKeyID) -> BlindIndexEntry {
        guard let key = keyring.keys[id]?.index else { preconditionFailure("the keyring lost its key") }
        // A zero byte ends the column's name, which holds none.
        let message = field.bytes(tenant: tenant) + [0] + normalized.utf8
        return BlindIndexEntry(Digest(of: message, key: key))
    }
}
