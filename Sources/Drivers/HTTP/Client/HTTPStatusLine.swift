/// Version and status: the first line of a response.
struct HTTPStatusLine: Sendable {
    let version: HTTPVersion
    let status: HTTPStatus

    /// Reads a line without its CRLF: `HTTP/1.1 200 OK`, the phrase may be empty.
    init(_ line: ArraySlice<UInt8>) throws(HTTPFault) {
        let parts = line.split(separator: .space, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let version = HTTPVersion(rawValue: HTTPGrammar.text(parts[0])) else {
            throw .malformed("it does not begin with HTTP/1.1 and a status")
        }
        guard parts[1].count == 3, let code = HTTPGrammar.decimal(parts[1]),
            (100...599).contains(code)
        else { throw .malformed("its status is not a number from 100 to 599") }
        self.version = version
        status = HTTPStatus(code)
    }
}
