import Basics
import Digests
import Glibc
import HTTP
import Loop
import Postgres
import Processes
import StoreTestSupport
import SystemTestSupport
import TestSupport
import Testing

/// Row 28 of the fault matrix, with row 26 in it: a storm of deliveries, many of them more than once, in any order, to a
/// service that is killed again and again. `PARLOR_DELIVERIES` makes it as large as one likes.
@Suite("A storm of deliveries") struct WebhookStormTests {
    private static let salons = 5

    private static var size: Int { getenv("PARLOR_DELIVERIES").flatMap { Int(String(cString: $0)) } ?? 2000 }

    private static func body(_ number: Int, _ now: Int64) -> [UInt8] {
        Array(
            """
            {"object":"whatsapp_business_account","entry":[{"id":"account","changes":[{"value":{"metadata":{\
            "phone_number_id":"salon-\(number % salons)"},"messages":[{"id":"wamid.storm\(number)",\
            "from":"49\(1000 + number % 97)","timestamp":"\(now)","type":"text","text":{"body":"message \(number)"}}]},\
            "field":"messages"}]}]}
            """.utf8)
    }

    @Test(
        "Each has exactly one effect, although three in ten come twice, in any order, and the server is killed meanwhile"
    )
    func storm() async throws {
        try await withSalonDatabase { database, loop in
            var random = SeededGenerator()
            let superuser = try await PostgresSession.connect(database.superuser, on: loop)
            defer { superuser.close() }
            for salon in 0..<Self.salons {
                try await superuser.query(
                    "INSERT INTO salons (name, phone_number_id) VALUES ($1, $1)", "salon-\(salon)")
            }
            let server = try ServiceProcess(database, on: loop)
            let now = Timestamp.now().microseconds / 1_000_000
            let count = Self.size
            // All of them, and three in ten once more.
            let order = (Array(0..<count) + (0..<count).shuffled(using: &random).prefix(count * 3 / 10))
                .shuffled(using: &random)
            let deaths = Set((0..<3).map { _ in Int.random(in: 0..<order.count, using: &random) })
            try await Self.deliver(order, now, to: server, dyingAt: deaths, on: loop)
            try await Self.settle(superuser, on: loop)
            try await server.end()

            let effects = try await superuser.query(
                """
                SELECT count(*), count(DISTINCT whatsapp_id),
                    (SELECT count(*) FROM outbox WHERE topic = 'message.received'),
                    (SELECT sum(message_count)::bigint FROM conversations), (SELECT count(*) FROM customers)
                FROM messages
                """
            ).only.values(as: Int.self, Int.self, Int.self, Int.self, Int.self)
            #expect(effects.0 == count && effects.1 == count, random.note)
            #expect(effects.2 == count && effects.3 == count, random.note)
            #expect(effects.4 == Set((0..<count).map { "\($0 % Self.salons) \($0 % 97)" }).count, random.note)
            #expect(server.deaths == deaths.count, random.note)
        }
    }

    /// Delivers as WhatsApp does: again until the answer is 200. The server dies at some of the deliveries.
    private static func deliver(
        _ order: [Int], _ now: Int64, to server: ServiceProcess, dyingAt deaths: Set<Int>, on loop: EventLoop
    ) async throws {
        let client = HTTPClient(on: loop)
        guard let target = HTTPTarget("/webhook") else { return }
        let places = Places(count: order.count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask(executorPreference: loop) {
                    while let place = places.next() {
                        if deaths.contains(place) { try await server.die() }
                        let body = Self.body(order[place], now)
                        let signature = Digest(of: body, key: Array(ServiceProcess.secret.utf8)).hexadecimal
                        let request = HTTPRequest(
                            .post, target, headers: ["X-Hub-Signature-256": "sha256=\(signature)"], body: body)
                        while true {
                            let answer = try? await client.send(
                                request, to: .tcp(host: "127.0.0.1", port: server.port), within: .seconds(20))
                            if answer?.status == .ok { break }
                            guard !server.hasEnded else {
                                throw ParlorError(.startFailed, "the service ended by itself")
                            }
                            try await loop.sleep(for: .milliseconds(50))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Waits until nothing is left in the log.
    private static func settle(_ superuser: PostgresSession, on loop: EventLoop) async throws {
        let question = "SELECT count(*) FROM webhook_logs WHERE status = 'RECEIVED'"
        while try await superuser.query(question).only[0, as: Int.self] > 0 {
            try await loop.sleep(for: .milliseconds(100))
        }
    }

    /// Hands out places one by one.
    private final class Places: @unchecked Sendable {
        // Guard of @unchecked Sendable: used on one loop only.
        private var last = -1
        private let count: Int

        init(count: Int) { self.count = count }

        func next() -> Int? {
            last += 1
            return last < count ? last : nil
        }
    }
}
