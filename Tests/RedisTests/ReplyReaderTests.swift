import TestSupport
import Testing

@testable import Redis

@Suite struct ReplyReaderTests {
    private func read(_ text: String, bytesMax: Int = 1 << 20) throws -> [RedisValue] {
        var replies: [RedisValue] = []
        try ReplyReader(bytesMax: bytesMax).feed(Array(text.utf8)) {
            replies.append($0)
            return true
        }
        return replies
    }

    @Test(
        "Every kind of reply is read",
        arguments: [
            ("+OK\r\n", RedisValue.status("OK")), (":-7\r\n", .integer(-7)),
            (":9223372036854775807\r\n", .integer(.max)),
            ("$3\r\na\r\n\r\n", .bytes([97, 13, 10])), ("$0\r\n\r\n", .bytes([])), ("$-1\r\n", .null),
            ("*-1\r\n", .null), ("*0\r\n", .array([])),
            ("*2\r\n*1\r\n:1\r\n*0\r\n", .array([.array([.integer(1)]), .array([])])),
            (
                "*3\r\n$-1\r\n-WRONGTYPE no\r\n+a\r\n",
                .array([.null, .error(RedisReplyError("WRONGTYPE no")), .status("a")])
            ),
        ])
    func kinds(text: String, expected: RedisValue) throws { #expect(try read(text) == [expected]) }

    @Test(
        "What is no reply is refused, with the reason",
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\n", "protocol error, got \"H\" as reply type byte"),
            ("$x\r\n", "bad bulk string length"), ("$-2\r\n", "bulk string length out of range"),
            ("*-2\r\n", "multi-bulk length out of range"), ("*99999999999\r\n", "multi-bulk length out of range"),
            (":1x\r\n", "bad integer value"), ("$1\r\nabcd\r\n", "a text does not end where it should"),
            (String(repeating: "*1\r\n", count: 9), "no support for nested multi bulk replies with depth > 7"),
        ])
    func garbage(text: String, reason: String) { #expect(throws: ReplyFault(reason: reason)) { try read(text) } }

    @Test("A length that is only claimed takes no memory, and a reply that really is too large is refused")
    func large() throws {
        #expect(try read("*2000000000\r\n:1\r\n") == [])
        #expect(try read("$1000000000\r\nabc") == [])
        let endless = "*2000000000\r\n" + String(repeating: ":1\r\n", count: 10_000)
        #expect(throws: ReplyFault(reason: "a reply is larger than allowed")) { try read(endless, bytesMax: 20_000) }
    }

    @Test("A line that does not end is refused long before it is as large as a reply may be", arguments: ["+", "$1"])
    func endless(beginning: String) throws {
        let text = beginning + String(repeating: "1", count: 100_000)
        #expect(throws: ReplyFault(reason: "a line does not end")) { try read(text, bytesMax: 1 << 30) }
        let long = "$200000\r\n" + String(repeating: "1", count: 200_000) + "\r\n"
        #expect(try read(long).count == 1)
    }

    @Test("Replies are the same however they are cut into pieces")
    func pieces() throws {
        var random = SeededGenerator()
        for _ in 0..<200 {
            let replies = (0..<Int.random(in: 1...20, using: &random)).map { _ in RandomReply.reply(&random) }
            var rest = replies.flatMap(RandomReply.encoded)[...]
            var found: [RedisValue] = []
            let reader = ReplyReader(bytesMax: 1 << 20)
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...40, using: &random))
                rest = rest.dropFirst(piece.count)
                try reader.feed(Array(piece)) {
                    found.append($0)
                    return true
                }
            }
            #expect(found == replies, random.note)
        }
    }
}
