/// How the end of a body is told.
public enum HTTPBodyFraming: Hashable, Sendable {
    /// There is no body.
    case none
    /// The body has so many bytes, at least one.
    case counted(Int)
    /// The body comes in chunks.
    case chunked
}

/// What the fields of a head must satisfy together, and the framing of the body that follows from them.
///
/// Two readers of one stream must never disagree on where a request ends, so everything here that another server might
/// read differently is refused rather than repaired: a repeated `Content-Length` too, even when both say the same.
enum HTTPRequestRules {
    /// The framing of the body; a fault when the head breaks a rule.
    static func framing(of head: HTTPRequest) throws(HTTPFault) -> HTTPBodyFraming {
        try checkHost(head)
        if head.headers.has("Expect") { try checkExpectation(head) }
        guard head.headers.has("Transfer-Encoding") else {
            let length = try contentLength(head)
            return length == 0 ? .none : .counted(length)
        }
        try checkCoding(head)
        return .chunked
    }

    private static func checkHost(_ head: HTTPRequest) throws(HTTPFault) {
        let (host, isAlone) = head.headers.single("Host")
        guard isAlone else { throw .malformed("there is more than one Host") }
        guard let host else {
            guard head.version == .http10 else { throw .malformed("the Host is missing") }
            return
        }
        guard HTTPGrammar.isHost(host) else { throw .malformed("the Host is not a name with an optional port") }
    }

    /// The one coding that is known here, alone, in the version that has it.
    private static func checkCoding(_ head: HTTPRequest) throws(HTTPFault) {
        guard !head.headers.has("Content-Length") else {
            throw .malformed("Content-Length and Transfer-Encoding exclude each other")
        }
        guard head.version == .http11 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding") }
        let codings = head.headers.tokens(of: "Transfer-Encoding")
        if codings == ["chunked"] { return }
        if codings.allSatisfy({ $0 == "chunked" }) { throw .malformed("the Transfer-Encoding makes no sense") }
        throw HTTPFault(.notSupported, "the Transfer-Encoding is not known here")
    }

    private static func contentLength(_ head: HTTPRequest) throws(HTTPFault) -> Int {
        let (value, isAlone) = head.headers.single("Content-Length")
        guard isAlone else { throw .malformed("there is more than one Content-Length") }
        guard let value else { return 0 }
        guard let length = HTTPGrammar.decimal(value) else {
            throw .malformed("the Content-Length is not a number")
        }
        return length
    }

    private static func checkExpectation(_ head: HTTPRequest) throws(HTTPFault) {
        guard head.version == .http11 else { return }
        guard head.headers.tokens(of: "Expect").allSatisfy({ $0 == "100-continue" }) else {
            throw HTTPFault(.expectationFailed, "only 100-continue can be expected")
        }
    }
}
