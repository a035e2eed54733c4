public import Basics

/// What went wrong with a storage. Its description names no object, because names may tell about people.
public struct ObjectStorageError: Error, Hashable, Sendable {
    /// The kind of error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case noSuchObject, noSuchStorage, alreadyExists, changed, corrupted, accessDenied, invalidName
            case invalidRange, busy, wrongRegion, clockSkew, unavailable, refused, tooLarge
        }

        private let kind: Kind

        /// There is no object of that name.
        public static let noSuchObject = Code(kind: .noSuchObject)
        /// There is no storage of that name.
        public static let noSuchStorage = Code(kind: .noSuchStorage)
        /// There is an object of that name, and it should not be replaced.
        public static let alreadyExists = Code(kind: .alreadyExists)
        /// The object is not the one that was meant any more.
        public static let changed = Code(kind: .changed)
        /// The content is not what it should be.
        public static let corrupted = Code(kind: .corrupted)
        /// The storage does not allow this.
        public static let accessDenied = Code(kind: .accessDenied)
        /// A name or a note cannot be kept by every storage.
        public static let invalidName = Code(kind: .invalidName)
        /// The object has no bytes at these positions.
        public static let invalidRange = Code(kind: .invalidRange)
        /// The storage has too much to do, and has been asked several times.
        public static let busy = Code(kind: .busy)
        /// The bucket stands in another region.
        public static let wrongRegion = Code(kind: .wrongRegion)
        /// This machine's clock differs too much from the storage's.
        public static let clockSkew = Code(kind: .clockSkew)
        /// The storage cannot be reached, or does not answer.
        public static let unavailable = Code(kind: .unavailable)
        /// The storage refused for another reason.
        public static let refused = Code(kind: .refused)
        /// There is more than the caller wants to hold.
        public static let tooLarge = Code(kind: .tooLarge)

        /// The name of the kind.
        public var description: String { kind.rawValue }
    }

    /// The kind of error.
    public let code: Code
    /// What happened: a lower-case fact.
    public let what: String
    /// Why, when that is known.
    public let why: String?
    /// What to do.
    public let hint: String?
    /// What only the person who debugs should see.
    public let detail: String?

    init(_ code: Code, _ what: String, why: String? = nil, hint: String? = nil, detail: String? = nil) {
        self.code = code
        self.what = what
        self.why = why
        self.hint = hint
        self.detail = detail
    }
}

extension ObjectStorageError: ExplainedError, CustomStringConvertible, CustomDebugStringConvertible {
    /// The same error for people.
    public var explained: ParlorError {
        let kind: ErrorCode =
            switch code {
            case .unavailable, .busy: .connection
            case .corrupted: .protocolViolation
            case .invalidName: .malformed
            case .wrongRegion, .clockSkew, .accessDenied, .noSuchStorage: .configuration
            default: .file
            }
        return ParlorError(kind, what, why: why, hint: hint, detail: detail)
    }

    /// Fact, reason and hint. Safe to show anybody.
    public var description: String { explained.description }

    /// Everything that is known.
    public var debugDescription: String { "[\(code)] \(explained.debugDescription)" }
}

extension ObjectStorageError {
    static func noSuchObject(_ name: ObjectName) -> ObjectStorageError {
        ObjectStorageError(.noSuchObject, "there is no such object", detail: name.text)
    }

    static func alreadyExists(_ name: ObjectName) -> ObjectStorageError {
        ObjectStorageError(.alreadyExists, "there is an object of this name already", detail: name.text)
    }

    static func changed(_ name: ObjectName) -> ObjectStorageError {
        ObjectStorageError(.changed, "the object has been replaced meanwhile", detail: name.text)
    }

    static func corrupted(_ why: String) -> ObjectStorageError {
        ObjectStorageError(.corrupted, "an object is damaged", why: why)
    }

    static func invalidName(_ why: String) -> ObjectStorageError {
        ObjectStorageError(.invalidName, "an object cannot have this name", why: why)
    }

    static func invalidNote(_ why: String) -> ObjectStorageError {
        ObjectStorageError(.invalidName, "a note beside an object cannot be kept", why: why)
    }

    static var invalidRange: ObjectStorageError {
        ObjectStorageError(.invalidRange, "the object has no bytes at these positions")
    }

    static func tooLarge(_ limit: ByteCount) -> ObjectStorageError {
        ObjectStorageError(
            .tooLarge, "the object is larger than \(limit)", hint: "Read it in pieces instead of as a whole.")
    }

    static func wrongLength(_ word: String) -> ObjectStorageError {
        ObjectStorageError(.corrupted, "an object was not written", why: "its content is \(word) than its length says")
    }
}
