import Digests

/// Deliveries that differ, signed, as the whole requests that wrk is to send: each behind its length.
package enum SignedDeliveries {
    /// So many of them, from customers of salons whose numbers are 1, 2 and so on. Those of another `series` have other
    /// messages.
    package static func requests(_ count: Int, series: Int, salons: Int, secret: String, now: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 1200)
        for number in 0..<count {
            let body = body(number, series, salons, now)
            let signature = Digest(of: body, key: Array(secret.utf8)).hexadecimal
            let head =
                "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "X-Hub-Signature-256: sha256=\(signature)\r\nContent-Length: \(body.count)\r\n\r\n"
            bytes += "\(head.utf8.count + body.count)\n".utf8
            bytes += head.utf8
            bytes += body
        }
        return bytes
    }

    private static func body(_ number: Int, _ series: Int, _ salons: Int, _ now: Int64) -> [UInt8] {
        let phone = "1650555\(1000 + number * 7919 % 9000)"
        let key = "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFF\(series)x\(number)x"
        let padded = key + String(repeating: "A", count: max(0, 80 - key.utf8.count))
        return Array(
            #"""
            {"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"\#(1 + number % salons)"},"contacts":[{"profile":{"name":"Sheena Nelson"},"wa_id":"\#(phone)"}],"messages":[{"from":"\#(phone)","id":"\#(padded)","timestamp":"\#(now)","type":"text","text":{"body":"Hello! I would like to book a cut and colour for Saturday morning, ideally with the same stylist as last time. Is there anything free between 9 and 11.30? If not, the afternoon would also work for me, but no later than half past three because I have to collect both daughters from her music lesson. Thank you, see you soon"},"context":{"from":"15550783881","id":"wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA"}}]},"field":"messages"}]}]}
            """#.utf8)
    }
}
