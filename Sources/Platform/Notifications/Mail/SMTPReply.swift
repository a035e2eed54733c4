/// What a server of mail answers.
struct SMTPReply: Equatable {
    /// Three digits; the first says how it went.
    var code: Int
    /// What stands behind them, a line each. It may quote anything, so it is not repeated to people.
    var lines: [String]

    /// Whether it did what it was asked.
    var isSuccess: Bool { code / 100 == 2 }
    /// Whether it waits for more.
    var isIntermediate: Bool { code / 100 == 3 }

    /// The code, with the three numbers of RFC 3463 when they stand behind it: `535 5.7.8`.
    var status: String {
        let word = lines.first?.prefix { $0 != " " } ?? ""
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        let isEnhanced = parts.count == 3 && parts.allSatisfy { (1...3).contains($0.count) && UInt16($0) != nil }
        return isEnhanced ? "\(code) \(word)" : "\(code)"
    }
}

/// Reads replies out of bytes as they arrive.
struct SMTPReplyReader {
    private static let lineMax = 2000
    private static let linesMax = 100

    private var buffer: [UInt8] = []
    private var code: Int?
    private var lines: [String] = []

    /// Whether nothing was said that belongs to no reply so far.
    var isEmpty: Bool { buffer.isEmpty && lines.isEmpty }

    /// Takes bytes.
    mutating func take(_ bytes: [UInt8]) { buffer += bytes }

    /// The next reply; nil while it is not complete. Throws when what is there is none.
    mutating func next() throws -> SMTPReply? {
        while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
            guard end > 0, buffer[end - 1] == UInt8(ascii: "\r"), end <= Self.lineMax else { throw Self.violation }
            let line = Array(buffer[..<(end - 1)])
            buffer.removeSubrange(...end)
            if let reply = try take(line: line) { return reply }
        }
        guard buffer.count <= Self.lineMax else { throw Self.violation }
        return nil
    }

    private mutating func take(line: [UInt8]) throws -> SMTPReply? {
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let code = Int(String(decoding: digits, as: UTF8.self)), (200..<600).contains(code),
            self.code == nil || self.code == code, lines.count < Self.linesMax
        else { throw Self.violation }
        let mark = line.dropFirst(3).first ?? UInt8(ascii: " ")
        guard mark == UInt8(ascii: " ") || mark == UInt8(ascii: "-") else { throw Self.violation }
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        self.code = code
        guard mark == UInt8(ascii: " ") else { return nil }
        defer { (self.code, lines) = (nil, []) }
        return SMTPReply(code: code, lines: lines)
    }

    private static var violation: DeliveryFault { DeliveryFault("it does not speak SMTP as it should") }
}

/// What a server of mail says that it can do.
struct SMTPCapabilities: Equatable {
    /// Whether it offers to encrypt.
    var offersEncryption = false
    /// How one may sign in.
    var mechanisms: Set<String> = []

    /// Reads the reply to EHLO.
    init(_ reply: SMTPReply) {
        for line in reply.lines.dropFirst() {
            let words = line.uppercased().split(separator: " ").map { String($0) }
            if words.first == "STARTTLS" { offersEncryption = true }
            if words.first == "AUTH" { mechanisms.formUnion(words.dropFirst()) }
        }
    }
}
