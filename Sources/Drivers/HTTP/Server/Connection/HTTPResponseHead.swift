/// How the end of a response's body is told.
enum HTTPResponseFraming: Equatable {
    /// There is no body, by the status.
    case none
    /// So many bytes.
    case length(Int)
    /// Chunks (HTTP/1.1).
    case chunked
    /// The end of the connection (HTTP/1.0).
    case untilClose
    /// Another protocol follows.
    case upgrade

    /// The framing of a response to a client that speaks `version`.
    init(_ response: HTTPResponse, version: HTTPVersion) {
        if response.upgrade != nil {
            self = .upgrade
        } else if !response.status.allowsBody {
            self = .none
        } else if let outgoing = response.outgoing {
            self = outgoing.length.map { .length($0) } ?? (version == .http11 ? .chunked : .untilClose)
        } else {
            self = .length(response.body.count)
        }
    }
}

/// The head of a response as bytes.
struct HTTPResponseHead {
    let status: HTTPStatus
    let headers: HTTPHeaders
    let framing: HTTPResponseFraming
    let version: HTTPVersion
    let keepsAlive: Bool

    private static let framingNames = ["Content-Length", "Transfer-Encoding", "Connection"]
    private static let statusLines = (100...599).map { Array("HTTP/1.1 \($0) \(HTTPStatus($0).reason)\r\n".utf8) }
    private static let closing = Array("Connection: close\r\n".utf8)
    private static let keeping = Array("Connection: keep-alive\r\n".utf8)
    private static let chunking = Array("Transfer-Encoding: chunked\r\n".utf8)
    private static let length = Array("Content-Length: ".utf8)
    private static let upgrading = Array("Connection: Upgrade\r\n".utf8)

    /// Appends the head with the empty line that ends it; false, and nothing appended, when it cannot be sent so that it
    /// is read as what it is.
    func append(to bytes: inout [UInt8], dateLine: [UInt8]) -> Bool {
        let isSound = framing == .upgrade ? status.code == 101 : (200...599).contains(status.code)
        guard isSound, headers.isSendable else { return false }
        bytes += Self.statusLines[status.code - 100]
        if !headers.has("Date") { bytes += dateLine }
        headers.append(to: &bytes, except: Self.framingNames)
        switch framing {
        // A 304 would have to tell the length of another response, so it tells none.
        case .none, .untilClose: break
        case .length(let count):
            bytes += Self.length
            bytes.appendDecimal(count)
            bytes.appendLineEnd()
        case .chunked: bytes += Self.chunking
        case .upgrade:
            bytes += Self.upgrading
            bytes.appendLineEnd()
            return true
        }
        if !keepsAlive { bytes += Self.closing } else if version == .http10 { bytes += Self.keeping }
        bytes.appendLineEnd()
        return true
    }
}

extension HTTPHeaders {
    /// Whether every field is a token and a value that cannot end its line.
    var isSendable: Bool {
        bytes.withUnsafeBufferPointer { bytes in
            places.allSatisfy { place in
                place.nameCount > 0 && place.name.allSatisfy { bytes[$0].isTokenByte }
                    && place.value.allSatisfy { bytes[$0].isFieldValueByte }
            }
        }
    }

    /// Appends every field as a line, save those of some names.
    func append(to target: inout [UInt8], except names: [String]) {
        for place in places where !names.contains(where: { isNamed($0, place) }) {
            target += bytes[place.name]
            target.append(UInt8(ascii: ":"))
            target.append(.space)
            target += bytes[place.value]
            target.appendLineEnd()
        }
    }
}

extension [UInt8] {
    mutating func appendLineEnd() {
        append(.carriageReturn)
        append(.lineFeed)
    }

    /// Appends a number that is not negative, in decimal digits.
    mutating func appendDecimal(_ number: Int) {
        if number >= 10 { appendDecimal(number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    /// Appends a number that is not negative, in hexadecimal digits.
    mutating func appendHexadecimal(_ number: Int) {
        if number >= 16 { appendHexadecimal(number / 16) }
        let digit = UInt8(number % 16)
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}
