/// What a client says it takes in `Accept-Encoding` (RFC 9110, section 12.5.3).
enum HTTPAcceptedCodings {
    /// Whether gzip is wanted at least as much as no coding at all.
    static func preferGzip(_ headers: HTTPHeaders) -> Bool {
        guard headers.has("Accept-Encoding") else { return false }
        var weights: [String: Double] = [:]
        for element in headers.tokens(of: "Accept-Encoding") {
            let parts = element.split(separator: ";").map(trimmed)
            guard let coding = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { quality($0.dropFirst(2)) } ?? 1
            weights[coding == "x-gzip" ? "gzip" : String(coding)] = weight
        }
        guard let gzip = weights["gzip"] ?? weights["*"], gzip > 0 else { return false }
        return gzip >= weights["identity"] ?? 0
    }

    /// A weight from 0 to 1 with at most three digits; what is none counts as 0, for it was meant to limit.
    private static func quality(_ text: Substring) -> Double {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.count == 2 ? parts[1] : ""
        guard (1...2).contains(parts.count), parts[0] == "0" || parts[0] == "1", digits.utf8.count <= 3,
            digits.utf8.allSatisfy(\.isDigit)
        else { return 0 }
        let fraction = Double(Int(digits.padding(to: 3)) ?? 0) / 1000
        return min(1, (parts[0] == "1" ? 1 : 0) + fraction)
    }
}

extension Substring {
    /// The text with zeros behind it, up to a length.
    fileprivate func padding(to length: Int) -> String {
        String(self) + String(repeating: "0", count: Swift.max(0, length - utf8.count))
    }
}
