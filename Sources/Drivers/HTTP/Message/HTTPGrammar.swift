/// The character classes of RFC 9110, RFC 9112 and RFC 3986.
extension UInt8 {
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09

    /// A decimal digit.
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// A letter of ASCII.
    var isLetter: Bool {
        let lower = self | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    /// The same letter in lower case; other bytes as they are.
    var lowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }

    /// The value of a hexadecimal digit.
    var hexadecimalValue: UInt8? {
        if isDigit { return self - UInt8(ascii: "0") }
        let lower = self | 0x20
        guard lower >= UInt8(ascii: "a"), lower <= UInt8(ascii: "f") else { return nil }
        return lower - UInt8(ascii: "a") + 10
    }

    /// What a method or a field name is made of.
    var isTokenByte: Bool { isLetter || isDigit || isTokenMark }

    private var isTokenMark: Bool {
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// What a field value is made of: visible ASCII, space, tab and the bytes above ASCII.
    var isFieldValueByte: Bool { self >= 0x20 ? self != 0x7F : self == .tab }

    /// What means itself everywhere in an address.
    var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: isDigit || isLetter
        }
    }

    /// A delimiter that may stand in a part of an address.
    var isSubDelimiter: Bool {
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "="):
            true
        default: false
        }
    }

    /// What a path is made of, the slash and the percent sign of an escape included.
    var isPathByte: Bool {
        switch self {
        case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "%"): true
        default: isUnreserved || isSubDelimiter
        }
    }

    /// What a query is made of. The last row is not allowed by RFC 3986, but browsers send it as it is.
    var isQueryByte: Bool {
        switch self {
        case UInt8(ascii: "?"): true
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "|"),
            UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"):
            true
        default: isPathByte
        }
    }
}

/// Rules that look at a whole value.
enum HTTPGrammar {
    /// Whether a value may stand in `Host`: a name or an address, perhaps a port. Empty is allowed.
    static func isHost(_ value: ArraySlice<UInt8>) -> Bool {
        var rest = value
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let inside = rest[..<end].dropFirst()
            let isAddress = inside.allSatisfy {
                $0.hexadecimalValue != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
            }
            guard isAddress, !inside.isEmpty else { return false }
            rest = rest[end...].dropFirst()
        } else {
            rest = rest.drop { $0.isUnreserved || $0.isSubDelimiter || $0 == UInt8(ascii: "%") }
        }
        return rest.isEmpty || rest.first == UInt8(ascii: ":") && rest.dropFirst().allSatisfy(\.isDigit)
    }

    /// The number that decimal digits write; nil for anything else, `.max` for one that is too large to count.
    static func decimal(_ value: some Collection<UInt8>) -> Int? {
        var number = 0
        for byte in value {
            guard byte.isDigit else { return nil }
            let (tenfold, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (next, isPast) = tenfold.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            number = isTooLarge || isPast ? .max : next
        }
        return value.isEmpty ? nil : number
    }

    /// Bytes of a message as a text: UTF-8, else each byte by itself, so that different bytes stay different.
    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
