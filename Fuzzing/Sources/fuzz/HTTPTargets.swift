@testable import HTTP

/// However the bytes of requests are cut, they are the same requests, or are refused for the same reason.
enum HTTPRequestTarget {
    @Sendable static func run(_ bytes: [UInt8]) {
        expectSameHoweverCut(bytes) { pieces in
            var parser = HTTPRequestParser()
            var story = Story()
            for piece in pieces {
                parser.feed(piece)
                reading: while true {
                    let event = parser.next()
                    switch event {
                    case .needMore: break reading
                    case .body(let bytes): story.body += bytes
                    case .fault: return story.ended(by: "\(event)")
                    default: story.tell("\(event)")
                    }
                }
            }
            return story.ended(by: "more is needed")
        }
    }
}

/// The same for a response, which ends with the stream at the latest.
enum HTTPResponseTarget {
    @Sendable static func run(_ bytes: [UInt8]) {
        expectSameHoweverCut(bytes) { pieces in
            var parser = HTTPResponseParser(to: .get, limits: HTTPMessageLimits())
            var story = Story()
            func isOver() -> Bool {
                while true {
                    let event = parser.next()
                    switch event {
                    case .needMore: return false
                    case .body(let bytes): story.body += bytes
                    case .fault, .end:
                        story.tell("\(event)")
                        return true
                    default: story.tell("\(event)")
                    }
                }
            }
            for piece in pieces {
                parser.feed(piece)
                if isOver() { return story.ended(by: "") }
            }
            parser.finish()
            precondition(isOver(), "a response goes on after its stream has ended")
            return story.ended(by: "")
        }
    }
}

/// The same for the frames of a client, with what a server answers. A ping in front of a broken rule is answered or not, by
/// whether they arrive together.
enum WebSocketTarget {
    @Sendable static func run(_ bytes: [UInt8]) {
        expectSameHoweverCut(bytes) { pieces in
            let codec = WebSocketCodec(.server, WebSocketLimits())
            var events: [String] = []
            var output: [UInt8] = []
            for piece in pieces {
                events += codec.receive(Array(piece)).map { "\($0)" }
                output += codec.takeOutput()
            }
            return codec.wantsInput ? events + ["\(output)"] : events
        }
    }
}

/// What a parser told, with the pieces of a body joined.
private struct Story {
    private var events: [String] = []
    var body: [UInt8] = []

    mutating func tell(_ event: String) {
        if !body.isEmpty { events.append("\(body)") }
        events.append(event)
        body = []
    }

    func ended(by event: String) -> [String] {
        var story = self
        story.tell(event)
        return story.events
    }
}
