import Testing

/// A stream of bytes and the statuses that it ends in: 0 for a request that is served.
struct RequestCase: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let outcome: [Int]

    init(_ name: String, _ text: String, _ outcome: Int...) {
        self.init(name, bytes: Array(text.utf8), outcome)
    }

    init(_ name: String, bytes: [UInt8], _ outcome: [Int]) {
        self.name = name
        self.bytes = bytes
        self.outcome = outcome
    }

    var testDescription: String { name }
}

private let get = "GET / HTTP/1.1\r\nHost: a\r\n"
private let chunked = "\(post)Transfer-Encoding: chunked\r\n\r\n"
private let post = "POST / HTTP/1.1\r\nHost: a\r\n"

extension RequestCase {
    static let served = [
        RequestCase("plain", "\(get)\r\n", 0),
        RequestCase("two in a row", "\(get)\r\n\(get)\r\n", 0, 0),
        RequestCase("a body, then another request", "\(post)Content-Length: 5\r\n\r\nhello\(get)\r\n", 0, 0),
        RequestCase("an empty line before it", "\r\n\(get)\r\n", 0),
        RequestCase("an empty line between two", "\(get)\r\n\r\n\(get)\r\n", 0, 0),
        RequestCase("space around a value", "\(get)X:\t  a b \t\r\n\r\n", 0),
        RequestCase("an empty value", "\(get)X:\r\n\r\n", 0),
        RequestCase(
            "obs-text in a value", bytes: Array("\(get)X: ".utf8) + [0xFF, 0x80] + Array("\r\n\r\n".utf8), [0]),
        RequestCase("a colon in a value", "\(get)X: a:b\r\n\r\n", 0),
        RequestCase("odd token as method and name", "x!#$ / HTTP/1.1\r\nHost: a\r\n~|: 1\r\n\r\n", 0),
        RequestCase("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0),
        RequestCase("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0),
        RequestCase("a Host with port", "GET / HTTP/1.1\r\nHost: salon.example:8080\r\n\r\n", 0),
        RequestCase("an IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 0),
        RequestCase("an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0),
        RequestCase("a length with zeros in front", "\(post)Content-Length: 0003\r\n\r\nabc", 0),
        RequestCase(
            "a body that looks like a request", "\(post)Content-Length: \(get.utf8.count + 2)\r\n\r\n\(get)\r\n", 0),
        RequestCase("a hundred fields", "\(get)\(fields(99))\r\n", 0),
        RequestCase("the longest request line", "GET /\(a(8192 - 14)) HTTP/1.1\r\nHost: a\r\n\r\n", 0),
        RequestCase("no chunk", "\(chunked)0\r\n\r\n", 0),
        RequestCase("Chunked in other letters", "\(post)transfer-encoding: ChunkeD\r\n\r\n0\r\n\r\n", 0),
        RequestCase(
            "chunks, then another request", "\(chunked)3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n\(get)\r\n", 0, 0),
        RequestCase("a chunk extension", "\(chunked)3;a=b;c=\"d\"\r\nabc\r\n0;x\r\n\r\n", 0),
        RequestCase("a trailer", "\(chunked)3\r\nabc\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n\(get)\r\n", 0, 0),
        RequestCase("a chunk size with zeros in front", "\(chunked)0003\r\nabc\r\n000\r\n\r\n", 0),
        RequestCase("CRLF inside a chunk", "\(chunked)4\r\na\r\nb\r\n0\r\n\r\n", 0),
        RequestCase("a chunk that looks like the end", "\(chunked)5\r\n0\r\n\r\n\r\n0\r\n\r\n", 0),
        RequestCase("the largest chunked body", "\(chunked)3e8\r\n\(a(1000))\r\n0\r\n\r\n", 0),
        RequestCase("many small chunks", "\(chunked)\(String(repeating: "1\r\nx\r\n", count: 900))0\r\n\r\n", 0),
        RequestCase("the largest body", "\(post)Content-Length: 1000\r\n\r\n\(a(1000))", 0),
    ]

    static let smuggled = [
        RequestCase(
            "length and coding", "\(post)Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        RequestCase(
            "coding and length", "\(post)Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400),
        RequestCase("two lengths", "\(post)Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400),
        RequestCase("the same length twice", "\(post)Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400),
        RequestCase("a list of lengths", "\(post)Content-Length: 4, 4\r\n\r\nabcd", 400),
        RequestCase("a length with a sign", "\(post)Content-Length: +4\r\n\r\nabcd", 400),
        RequestCase("a negative length", "\(post)Content-Length: -4\r\n\r\nabcd", 400),
        RequestCase("a hexadecimal length", "\(post)Content-Length: 0x4\r\n\r\nabcd", 400),
        RequestCase("a length with a space inside", "\(post)Content-Length: 1 0\r\n\r\nabcd", 400),
        RequestCase("an empty length", "\(post)Content-Length: \r\n\r\n", 400),
        RequestCase("a length in other digits", "\(post)Content-Length: ٤\r\n\r\nabcd", 400),
        RequestCase("an unknown coding", "\(post)Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
        RequestCase("a coding hidden by a tab", "\(post)Transfer-Encoding:\tchunked\u{B}\r\n\r\n0\r\n\r\n", 400),
        RequestCase("a coding after a comma", "\(post)Transfer-Encoding: , chunked, x\r\n\r\n0\r\n\r\n", 501),
        RequestCase("chunked in quotes", "\(post)Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 501),
        RequestCase("chunked with a parameter", "\(post)Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 501),
        RequestCase("a coding behind a fold", "\(post)Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
        RequestCase(
            "a length beside a hidden coding",
            "\(post)Content-Length: 6\r\nTransfer_Encoding: chunked\r\n\r\n0\r\n\r\nG", 0),
        RequestCase("identity", "\(post)Transfer-Encoding: identity\r\n\r\n", 501),
        RequestCase("two codings", "\(post)Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
        RequestCase("chunked twice", "\(post)Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        RequestCase("no coding at all", "\(post)Transfer-Encoding:\r\n\r\n", 400),
        RequestCase("a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        RequestCase("a space before the colon", "\(post)Content-Length : 4\r\n\r\nabcd", 400),
        RequestCase("a tab before the colon", "\(post)Transfer-Encoding\t: chunked\r\n\r\n", 400),
        RequestCase("a folded field", "\(get)X: a\r\n b\r\n\r\n", 400),
        RequestCase("a folded first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        RequestCase("the second request is the bad one", "\(get)\r\n\(post)Content-Length: x\r\n\r\n", 0, 400),
        RequestCase(
            "bytes after the body", "\(post)Content-Length: 1\r\n\r\nabGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 0),
    ]

    static let brokenChunks = [
        RequestCase("a chunk without size", "\(chunked)\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a chunk size in other letters", "\(chunked)g\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a chunk size with a prefix", "\(chunked)0x3\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a negative chunk size", "\(chunked)-3\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a chunk size with a sign", "\(chunked)+3\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a chunk size with an underscore", "\(chunked)1_0\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a space before a chunk size", "\(chunked) 3\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a space behind a chunk size", "\(chunked)3 \r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a chunk size that overflows", "\(chunked)10000000000000003\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a chunk longer than its size", "\(chunked)2\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a chunk shorter than its size", "\(chunked)4\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a bare line feed behind a chunk size", "\(chunked)3\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a bare line feed behind a chunk", "\(chunked)3\r\nabc\n0\r\n\r\n", 400),
        RequestCase("a bare line feed in an extension", "\(chunked)3;a\nb\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a bare carriage return in an extension", "\(chunked)3;a\rb\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("a NUL in a chunk size", "\(chunked)3\0\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase("an endless extension", "\(chunked)3;\(a(300))\r\nabc\r\n0\r\n\r\n", 400),
        RequestCase(
            "more framing than content", "\(chunked)\(String(repeating: "1;\(a(200))\r\nx\r\n", count: 200))", 400),
        RequestCase("a trailer without colon", "\(chunked)0\r\nX\r\n\r\n", 400),
        RequestCase("a folded trailer", "\(chunked)0\r\nX: a\r\n b\r\n\r\n", 400),
        RequestCase("a trailer too large", "\(chunked)0\r\nX: \(a(16_384))\r\n\r\n", 431),
        RequestCase("a chunked body too large by one byte", "\(chunked)3e9\r\n\(a(1001))\r\n0\r\n\r\n", 413),
        RequestCase("chunks too large together", "\(chunked)3e8\r\n\(a(1000))\r\n1\r\na\r\n0\r\n\r\n", 413),
    ]

    static let malformed = [
        RequestCase("a bare line feed after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
        RequestCase("a bare line feed after a field", "\(get)X: a\n\r\n", 400),
        RequestCase("a bare line feed at the end", "\(get)\n", 400),
        RequestCase("a bare carriage return in a value", "\(get)X: a\rb\r\n\r\n", 400),
        RequestCase("a carriage return too many", "\(get)X: a\r\r\n\r\n", 400),
        RequestCase("a NUL in a value", "\(get)X: a\0b\r\n\r\n", 400),
        RequestCase("a control character in a value", "\(get)X: a\u{1}b\r\n\r\n", 400),
        RequestCase("a DEL in a value", "\(get)X: a\u{7F}b\r\n\r\n", 400),
        RequestCase("two empty lines before it", "\r\n\r\n\(get)\r\n", 400),
        RequestCase("an empty name", "\(get): a\r\n\r\n", 400),
        RequestCase("a name that is no token", "\(get)X(y): a\r\n\r\n", 400),
        RequestCase("a name beyond ASCII", "\(get)Straße: a\r\n\r\n", 400),
        RequestCase("a field without colon", "\(get)X\r\n\r\n", 400),
        RequestCase("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        RequestCase("two Hosts", "\(get)Host: b\r\n\r\n", 400),
        RequestCase("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        RequestCase("a Host that is a list", "GET / HTTP/1.1\r\nHost: a, b/\r\n\r\n", 400),
        RequestCase("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        RequestCase("a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        RequestCase("a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("a tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("a space at the end of the line", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        RequestCase("no version", "GET /\r\n\r\n", 400),
        RequestCase("a version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("half a version", "GET / HTTP/1\r\nHost: a\r\n\r\n", 400),
        RequestCase("a version of two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400),
        RequestCase("absolute form", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("authority form", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("GET *", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("a path out of the root", "GET /../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("a broken escape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        RequestCase("the greeting of TLS", bytes: [0x16, 0x03, 0x01, 0x02, 0x00, 0x01], [400]),
        RequestCase("an unknown expectation", "\(get)Expect: tea\r\n\r\n", 417),
        RequestCase("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        RequestCase("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
        RequestCase("the greeting of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ]

    static let tooLarge = [
        RequestCase("a request line too long by one byte", "GET /\(a(8193 - 14)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        RequestCase("a request line without end", a(9000), 414),
        RequestCase("one field too many", "\(get)\(fields(100))\r\n", 431),
        RequestCase("a field too large", "\(get)X: \(a(16_384))\r\n\r\n", 431),
        RequestCase("fields too large together", "\(get)\((0..<5).map { "X\($0): \(a(4000))\r\n" }.joined())\r\n", 431),
        RequestCase("a body too large by one byte", "\(post)Content-Length: 1001\r\n\r\n", 413),
        RequestCase("a length beyond counting", "\(post)Content-Length: 99999999999999999999\r\n\r\n", 413),
    ]

    static var all: [RequestCase] { served + smuggled + brokenChunks + malformed + tooLarge }

    private static func a(_ count: Int) -> String { String(repeating: "a", count: count) }

    private static func fields(_ count: Int) -> String { (0..<count).map { "X\($0): 1\r\n" }.joined() }
}
