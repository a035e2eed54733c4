import Basics

/// A value that can stand for `$1`, `$2` and so on in a statement.
///
/// It travels as text, and the server takes it for what the statement needs there. NULL is nil.
public protocol SQLParameter: Sendable {
    /// The value as PostgreSQL reads it.
    var sqlText: String { get }
}

/// A value that a cell can be read as.
public protocol SQLReadable {
    /// Reads PostgreSQL's text; nil when it is no such value.
    init?(sqlText: String)

    /// What NULL is read as; nil when it cannot be.
    static var sqlNull: Self? { get }
}

extension SQLReadable {
    /// NULL is no value of most types.
    public static var sqlNull: Self? { nil }
}

extension Optional: SQLReadable where Wrapped: SQLReadable {
    /// Reads what is not NULL.
    public init?(sqlText: String) {
        guard let value = Wrapped(sqlText: sqlText) else { return nil }
        self = value
    }

    /// NULL is nil.
    public static var sqlNull: Wrapped?? { .some(.none) }
}

extension String: SQLParameter, SQLReadable {
    /// Itself.
    public var sqlText: String { self }

    /// Any text.
    public init?(sqlText: String) { self = sqlText }
}

extension SQLParameter where Self: BinaryInteger {
    /// The digits.
    public var sqlText: String { String(self) }
}

extension SQLReadable where Self: FixedWidthInteger {
    /// Reads the digits of a number that fits.
    public init?(sqlText: String) { self.init(sqlText, radix: 10) }
}

extension Int: SQLParameter, SQLReadable {}
extension Int64: SQLParameter, SQLReadable {}
extension Int32: SQLParameter, SQLReadable {}
extension Int16: SQLParameter, SQLReadable {}

extension Double: SQLParameter, SQLReadable {
    /// The shortest digits that give the same number; `nan` and `inf` are PostgreSQL's too.
    public var sqlText: String { description }

    /// Reads a number, `NaN` and `Infinity`.
    public init?(sqlText: String) { self.init(sqlText) }
}

extension Bool: SQLParameter, SQLReadable {
    /// `t` or `f`.
    public var sqlText: String { self ? "t" : "f" }

    /// Reads `t` and `f`.
    public init?(sqlText: String) {
        switch sqlText {
        case "t": self = true
        case "f": self = false
        default: return nil
        }
    }
}

extension [UInt8]: SQLParameter {
    /// A `bytea` in hexadecimal digits.
    public var sqlText: String { "\\x\(hexadecimal(self))" }
}

extension [UInt8]: SQLReadable {
    /// Reads a `bytea` in hexadecimal digits.
    public init?(sqlText: String) {
        let digits = sqlText.utf8.dropFirst(2)
        guard sqlText.utf8.starts(with: "\\x".utf8), digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        var half: UInt8?
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue.map(UInt8.init) else { return nil }
            if let high = half.take() { append(high << 4 | value) } else { half = value }
        }
    }
}

/// Texts of parameters in one block of memory, as libpq wants to point at them.
struct ParameterTexts {
    private var bytes: [UInt8] = []
    private var starts: [Int?] = []

    init(_ parameters: [(any SQLParameter)?]) throws(PostgresError) {
        starts.reserveCapacity(parameters.count)
        for (position, parameter) in parameters.enumerated() {
            guard let text = parameter?.sqlText else {
                starts.append(nil)
                continue
            }
            guard !text.utf8.contains(0) else {
                throw .unusable(
                    "parameter $\(position + 1) holds a zero byte", why: "PostgreSQL's text cannot hold one")
            }
            starts.append(bytes.count)
            bytes += text.utf8
            bytes.append(0)
        }
    }

    /// Hands the number of parameters and the pointers to `body`.
    func withPointers<Result>(_ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        bytes.withUnsafeBytes { memory in
            let pointers = starts.map { start in
                start.flatMap { memory.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            return pointers.withUnsafeBufferPointer { body(Int32($0.count), $0.baseAddress) }
        }
    }
}
