import Postgres
import Testing
import WhatsApp

@Suite("What WhatsApp's answers mean") struct SendVerdictTests {
    private static func verdict(_ status: Int, _ body: String) -> SendVerdict {
        SendVerdict(.answered(status, Array(body.utf8)))
    }

    @Test("The code decides, whatever the title says, and the status where there is no code")
    func codes() {
        let cases: [(status: Int, code: Int, verdict: SendVerdict)] = [
            (400, 130_429, .slowDown(.number)), (429, 130_429, .slowDown(.number)), (400, 131_056, .slowDown(.pair)),
            (400, 4, .slowDown(.application)), (400, 80_007, .slowDown(.application)), (401, 190, .tokenInvalid),
            (400, 190, .tokenInvalid), (500, 131_000, .retry(because: "WhatsApp has trouble of its own (131000)")),
            (503, 777, .retry(because: "WhatsApp has trouble of its own (777)")),
        ]
        for one in cases {
            let body = "{\"error\": {\"code\": \(one.code), \"message\": \"sent\", \"title\": \"130429\"}}"
            #expect(Self.verdict(one.status, body) == one.verdict)
        }
        for code in [131_047, 131_049, 131_062, 132_001, 100] {
            guard case .refused(code, _) = Self.verdict(400, "{\"error\": {\"code\": \(code)}}") else {
                Issue.record("\(code) is not refused")
                continue
            }
        }
    }

    @Test("Only an answer that names the message is a success; one that cannot be read leaves it unknown")
    func bodies() {
        #expect(Self.verdict(200, "{\"messages\": [{\"id\": \"wamid.1\"}]}") == .sent("wamid.1"))
        for (status, body) in [
            (200, ""), (200, "{}"), (200, "{\"messages\": []}"), (502, "<html>"), (500, ""), (302, ""),
        ] {
            guard case .unknown = Self.verdict(status, body) else {
                Issue.record("\(status) \(body) is taken for known")
                continue
            }
        }
        #expect(Self.verdict(429, "") == .slowDown(.application))
        #expect(Self.verdict(401, "") == .tokenInvalid)
        #expect(SendVerdict(.notSent("r")) == .retry(because: "r"))
        #expect(SendVerdict(.unknown("r")) == .unknown(because: "r"))
    }

    @Test("A request names the customer by both names, carries the message's key, and says what was put up")
    func request() throws {
        let key = try #require(PostgresUUID("00000000-0000-7000-8000-00000000000a"))
        let recipient = try #require(CloudRecipient(phone: "49151", userID: "DE.1"))
        let payload = PostgresJSON(#"{"type": "text", "text": {"body": "a\"b"}}"#)
        let body = CloudRequest.message(key, to: recipient, payload: payload).body
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"49151","recipient":"DE.1","biz_opaque_callback_data":"00000000-0000-7000-8000-00000000000a","type":"text","text":{"body":"a\"b"}}"#
        )
        #expect(
            String(decoding: CloudRequest.read("wamid.1", isTyping: true).body, as: UTF8.self)
                == #"{"messaging_product":"whatsapp","status":"read","message_id":"wamid.1","typing_indicator":{"type":"text"}}"#
        )
    }
}
