/// Method, target and version: the first line of a request.
struct HTTPRequestLine: Sendable {
    let method: HTTPMethod
    let target: HTTPTarget
    let version: HTTPVersion

    /// Reads a line without its CRLF: three parts with exactly one space between them.
    init(_ line: ArraySlice<UInt8>) throws(HTTPFault) {
        let parts = line.split(separator: .space, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("the request line does not have three parts") }
        guard !parts[0].isEmpty, parts[0].allSatisfy(\.isTokenByte) else {
            throw .malformed("the method is not a token")
        }
        method = HTTPMethod(rawValue: String(decoding: parts[0], as: UTF8.self))
        version = try HTTPRequestLine.version(parts[2])
        guard let target = HTTPTarget(bytes: parts[1]) else {
            throw .malformed("the target is not a path with an optional query")
        }
        guard target.path != "*" || method == .options else { throw .malformed("only OPTIONS may have the target *") }
        self.target = target
    }

    private static func version(_ bytes: ArraySlice<UInt8>) throws(HTTPFault) -> HTTPVersion {
        let text = HTTPGrammar.text(bytes)
        if let version = HTTPVersion(rawValue: text) { return version }
        let digits = Array(text.utf8.dropFirst(5))
        guard text.hasPrefix("HTTP/"), digits.count == 3, digits[0].isDigit, digits[1] == UInt8(ascii: "."),
            digits[2].isDigit
        else { throw .malformed("the request line does not end in a version") }
        throw HTTPFault(.versionNotSupported, "only the versions 1.0 and 1.1 are spoken here")
    }
}
