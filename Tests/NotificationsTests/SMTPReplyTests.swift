import Testing

@testable import Notifications

@Suite struct SMTPReplyTests {
    @Test("Replies are read whole, however they are cut on their way", arguments: [1, 2, 3, 7, 100])
    func pieces(size: Int) throws {
        let bytes = Array("220 hello\r\n250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n354\r\n".utf8)
        var reader = SMTPReplyReader()
        var replies: [SMTPReply] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            reader.take(Array(bytes[start...].prefix(size)))
            while let reply = try reader.next() { replies.append(reply) }
        }
        #expect(
            replies == [
                SMTPReply(code: 220, lines: ["hello"]),
                SMTPReply(code: 250, lines: ["mail.example", "STARTTLS", "AUTH PLAIN LOGIN"]),
                SMTPReply(code: 354, lines: [""]),
            ])
        #expect(reader.isEmpty)
        let capabilities = SMTPCapabilities(replies[1])
        #expect(capabilities.offersEncryption && capabilities.mechanisms == ["PLAIN", "LOGIN"])
    }

    @Test(
        "What is no reply is refused",
        arguments: [
            "hello\r\n", "220 hello\n", "220\thello\r\n", "99 x\r\n", "600 x\r\n", "250-a\r\n251 b\r\n", "\r\n",
            "2٢0 x\r\n",
            String(repeating: "x", count: 3000), "220 " + String(repeating: "x", count: 3000) + "\r\n",
            String(repeating: "250-x\r\n", count: 200),
        ])
    func refused(text: String) {
        var reader = SMTPReplyReader()
        reader.take(Array(text.utf8))
        #expect(throws: DeliveryFault.self) { while try reader.next() != nil {} }
    }

    @Test("What is told of a reply are its numbers alone")
    func status() {
        #expect(SMTPReply(code: 535, lines: ["5.7.8 wrong password hunter2"]).status == "535 5.7.8")
        #expect(SMTPReply(code: 550, lines: ["a@b.c unknown"]).status == "550")
        #expect(SMTPReply(code: 550, lines: ["1.2.hunter2"]).status == "550")
    }
}
