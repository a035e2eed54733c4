import HTTP

/// However the bytes of requests are cut, they are the same requests, or are refused for the same reason.
enum HTTPRequestTarget {
    static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let stream = bytes.dropFirst()
        let whole = events(of: [stream])
        let middle = stream.index(stream.startIndex, offsetBy: Int(first) % (stream.count + 1))
        precondition(events(of: [stream[..<middle], stream[middle...]]) == whole, "cut in two, it is another request")
        precondition(events(of: stream.indices.map { stream[$0...$0] }) == whole, "byte by byte, it is another request")
    }

    /// What was told, with the pieces of a body joined.
    private static func events(of pieces: [ArraySlice<UInt8>]) -> [String] {
        var parser = HTTPRequestParser()
        var events: [String] = []
        var body: [UInt8] = []
        for piece in pieces {
            parser.feed(piece)
            reading: while true {
                let event = parser.next()
                switch event {
                case .needMore: break reading
                case .body(let bytes): body += bytes
                case .fault:
                    return events + ["\(body)", "\(event)"]
                default:
                    events += body.isEmpty ? ["\(event)"] : ["\(body)", "\(event)"]
                    body = []
                }
            }
        }
        return events + ["\(body)"]
    }
}
