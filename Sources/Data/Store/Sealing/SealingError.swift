package import Basics

/// Why a field could not be sealed or opened. It names keys and fields, never a value or a key's text.
package struct SealingError: ExplainedError, Equatable {
    /// The kinds of failure that a caller may want to tell apart.
    package enum Kind: Hashable, Sendable {
        /// The keyring cannot be used.
        case unusableKeyring
        /// The value was sealed with a key that the keyring does not hold.
        case missingKey(SealingKeyID)
        /// The bytes are no sealed value of a form that is known here.
        case unknownForm
        /// The value was changed, or it was sealed for another tenant or field, or with another secret of that key id.
        case notAuthentic
    }

    /// Which of the kinds.
    package let kind: Kind
    /// The error for people.
    package let explained: ParlorError

    private init(_ kind: Kind, _ explained: ParlorError) {
        self.kind = kind
        self.explained = explained
    }

    /// Errors of one kind are the same.
    package static func == (left: SealingError, right: SealingError) -> Bool { left.kind == right.kind }
}

extension SealingError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Safe to show anybody.
    package var description: String { explained.description }

    /// Everything that is known, which is no more than that.
    package var debugDescription: String { explained.debugDescription }
}

extension SealingError {
    static func unusableKeyring(_ why: String, hint: String) -> SealingError {
        SealingError(
            .unusableKeyring,
            ParlorError(.configuration, "the keys for sealed fields cannot be used", why: why, hint: hint))
    }

    static func missingKey(_ id: SealingKeyID, _ field: SealedField, known: [SealingKeyID]) -> SealingError {
        let known = known.map(\.description).joined(separator: ", ")
        return SealingError(
            .missingKey(id),
            ParlorError(
                .configuration, "a value of \(field) cannot be opened",
                why: "it was sealed with key \(id), and the keyring holds \(known)",
                hint: "Give the keyring key \(id) back until every value is sealed with a newer one."))
    }

    static func unknownForm(_ why: String) -> SealingError {
        SealingError(
            .unknownForm,
            ParlorError(
                .malformed, "a sealed value cannot be read", why: why,
                hint: "Look whether something else than the sealer wrote the column, or a newer Parlor did."))
    }

    static func notAuthentic(_ id: SealingKeyID, _ field: SealedField) -> SealingError {
        SealingError(
            .notAuthentic,
            ParlorError(
                .malformed, "a value of \(field) does not open with key \(id)",
                why: "it was changed, or sealed for another tenant or column, or key \(id) has another secret now",
                hint: "Compare the secret of key \(id) with its backup, then restore the row."))
    }
}
