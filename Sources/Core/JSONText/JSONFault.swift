public import Basics

/// What is wrong with a JSON text, and where exactly.
///
/// `description` holds no value of the text, and of its names only those that look like names of a program's making.
public struct JSONFault: ExplainedError, Equatable, Sendable {
    /// The kinds of fault that a caller may want to tell apart.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case malformed, notUTF8, tooDeep, tooLarge, duplicateMember, missingMember, wrongType, outOfRange
            case unacceptable
        }

        private let name: Name

        /// The text breaks the grammar of JSON.
        public static let malformed = Code(name: .malformed)
        /// The text is not UTF-8.
        public static let notUTF8 = Code(name: .notUTF8)
        /// Objects and lists stand inside one another more often than the rules allow.
        public static let tooDeep = Code(name: .tooDeep)
        /// The text is larger than the rules allow.
        public static let tooLarge = Code(name: .tooLarge)
        /// An object has two members of one name, which the rules refuse.
        public static let duplicateMember = Code(name: .duplicateMember)
        /// An object lacks a member that it must have.
        public static let missingMember = Code(name: .missingMember)
        /// A value is of another kind than the caller expects.
        public static let wrongType = Code(name: .wrongType)
        /// A number does not fit into the type that the caller expects.
        public static let outOfRange = Code(name: .outOfRange)
        /// A value breaks a rule of the caller's own.
        public static let unacceptable = Code(name: .unacceptable)

        /// The name of the code.
        public var description: String { name.rawValue }
    }

    /// The kind of fault.
    public let code: Code
    /// What is wrong: a lower-case fact.
    public let what: String
    /// The byte, line and column where it stands.
    public let position: JSONPosition
    /// The value that it concerns, or the innermost one that had begun.
    public let path: JSONPath
    /// What only the person who debugs should see; it may hold values of the text.
    public let detail: String?

    init(_ code: Code, _ what: String, at position: JSONPosition, path: JSONPath, detail: String? = nil) {
        self.code = code
        self.what = what
        self.position = position
        self.path = path
        self.detail = detail
    }

    /// Whether the text is no JSON at all, or none that the rules admit, whatever the caller expects of it.
    public var concernsText: Bool {
        [.malformed, .notUTF8, .tooDeep, .tooLarge, .duplicateMember].contains(code)
    }

    /// The same error for people.
    public var explained: ParlorError {
        ParlorError(
            .malformed, concernsText ? "this JSON cannot be read" : "this JSON does not hold what was expected",
            why: description, detail: "at \(path.debugDescription)\(detail.map { ": \($0)" } ?? "")", cause: self)
    }
}

extension JSONFault: CustomStringConvertible, CustomDebugStringConvertible {
    /// What is wrong and where, on one line. Safe to show anybody.
    public var description: String { "\(what), at \(path) (\(position))" }

    /// The same with the whole path and what else is known, for the person who debugs.
    public var debugDescription: String {
        "[\(code)] \(what), at \(path.debugDescription) (\(position))\(detail.map { "\nDETAIL: \($0)" } ?? "")"
    }
}
