/// Method, target and version: the first line of a request.
struct HTTPRequestLine: Sendable {
    let method: HTTPMethod
    let target: HTTPTarget
    let version: HTTPVersion

    /// Reads a line without its CRLF: three parts with exactly one space between them.
    init(_ line: ArraySlice<UInt8>) throws(HTTPFault) {
        let notThree = HTTPFault.malformed("the request line does not have three parts")
        guard let first = line.firstIndex(of: .space) else { throw notThree }
        let rest = line[(first + 1)...]
        guard let second = rest.firstIndex(of: .space) else { throw notThree }
        let last = rest[(second + 1)...]
        guard !last.contains(.space) else { throw notThree }
        let name = line[..<first]
        guard !name.isEmpty, name.allSatisfy(\.isTokenByte) else { throw .malformed("the method is not a token") }
        method = HTTPMethod(rawValue: String(decoding: name, as: UTF8.self))
        version = try HTTPRequestLine.version(last)
        guard let target = HTTPTarget(bytes: rest[..<second]) else {
            throw .malformed("the target is not a path with an optional query")
        }
        guard target.path != "*" || method == .options else { throw .malformed("only OPTIONS may have the target *") }
        self.target = target
    }

    private static func version(_ bytes: ArraySlice<UInt8>) throws(HTTPFault) -> HTTPVersion {
        if bytes.elementsEqual("HTTP/1.1".utf8) { return .http11 }
        if bytes.elementsEqual("HTTP/1.0".utf8) { return .http10 }
        let digits = Array(bytes.dropFirst(5))
        guard bytes.starts(with: "HTTP/".utf8), digits.count == 3, digits[0].isDigit, digits[1] == UInt8(ascii: "."),
            digits[2].isDigit
        else { throw .malformed("the request line does not end in a version") }
        throw HTTPFault(.versionNotSupported, "only the versions 1.0 and 1.1 are spoken here")
    }
}
