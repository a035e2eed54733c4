import Basics

/// What the fields of a head must satisfy together, and the length of the body that follows from them.
///
/// Two readers of one stream must never disagree on where a request ends, so everything here that another server might
/// read differently is refused rather than repaired: a repeated `Content-Length` too, even when both say the same.
enum HTTPRequestRules {
    /// The length of the body; a fault when the head breaks a rule.
    static func bodyLength(of head: HTTPRequest, limits: HTTPMessageLimits) throws(HTTPFault) -> Int {
        try checkHost(head)
        let codings = head.headers.values(of: "Transfer-Encoding")
        let lengths = head.headers.values(of: "Content-Length")
        guard codings.isEmpty else { throw refusal(of: codings, hasLength: !lengths.isEmpty, head) }
        let length = try contentLength(lengths)
        guard length <= limits.body.bytes else {
            throw HTTPFault(.contentTooLarge, "the body is larger than \(limits.body)")
        }
        try checkExpectation(head)
        return length
    }

    private static func checkHost(_ head: HTTPRequest) throws(HTTPFault) {
        let hosts = head.headers.values(of: "Host")
        guard hosts.count <= 1 else { throw .malformed("there is more than one Host") }
        guard let host = hosts.first else {
            guard head.version == .http10 else { throw .malformed("the Host is missing") }
            return
        }
        guard HTTPGrammar.isHost(host) else { throw .malformed("the Host is not a name with an optional port") }
    }

    /// Bodies with a transfer coding are not read yet: 411 asks for a length in place of chunks, 501 names the unknown.
    private static func refusal(of values: [String], hasLength: Bool, _ head: HTTPRequest) -> HTTPFault {
        if hasLength { return .malformed("Content-Length and Transfer-Encoding exclude each other") }
        if head.version == .http10 { return .malformed("HTTP/1.0 has no Transfer-Encoding") }
        let codings = head.headers.tokens(of: "Transfer-Encoding")
        if codings == ["chunked"] {
            return HTTPFault(.lengthRequired, "the body needs a Content-Length in place of chunks")
        }
        if codings.allSatisfy({ $0 == "chunked" }) { return .malformed("the Transfer-Encoding makes no sense") }
        return HTTPFault(.notSupported, "the Transfer-Encoding is not known here")
    }

    private static func contentLength(_ values: [String]) throws(HTTPFault) -> Int {
        guard let value = values.first else { return 0 }
        guard values.count == 1 else { throw .malformed("there is more than one Content-Length") }
        guard let length = HTTPGrammar.decimal(value) else { throw .malformed("the Content-Length is not a number") }
        return length
    }

    private static func checkExpectation(_ head: HTTPRequest) throws(HTTPFault) {
        guard head.version == .http11 else { return }
        guard head.headers.tokens(of: "Expect").allSatisfy({ $0 == "100-continue" }) else {
            throw HTTPFault(.expectationFailed, "only 100-continue can be expected")
        }
    }
}
