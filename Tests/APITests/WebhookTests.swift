import Basics
import Configuration
import Digests
import HTTP
import Loop
import Messaging
import Postgres
import Store
import StoreTestSupport
import Telemetry
import Testing
import WhatsApp

@testable import API

@Suite("Deliveries of WhatsApp") struct WebhookTests {
    private static let (secret, previous, token) = ("secret-of-the-app", "secret-before-that", "agreed-on-token")

    /// A service with the salon whose number is `Salon`, and a way to deliver.
    private struct Scene: Sendable {
        let salon: TestedSalon
        let client: HTTPClient
        let address: SocketAddress
        let service: Service
        let log: MemorySink

        func deliver(_ body: [UInt8], signed secret: String? = WebhookTests.secret) async throws -> HTTPResponse {
            var headers: HTTPHeaders = ["Content-Type": "application/json"]
            if let secret {
                headers["X-Hub-Signature-256"] = "sha256=\(Digest(of: body, key: Array(secret.utf8)).hexadecimal)"
            }
            return try await send(body, headers)
        }

        func send(_ body: [UInt8], _ headers: HTTPHeaders) async throws -> HTTPResponse {
            guard let target = HTTPTarget("/webhook") else { throw ParlorError(.usage, "no target") }
            let request = HTTPRequest(.post, target, headers: headers, body: body)
            return try await client.send(request, to: address, within: .seconds(30))
        }

        /// Rows of one text each, when all that was delivered is applied.
        func texts(_ sql: String) async throws -> [String] {
            try await service.events.settle()
            return try await salon.superuser.query(sql).map { try $0[0] }
        }

        /// What the log of events says of each delivery.
        var lines: [String] {
            get async throws {
                try await texts(
                    """
                    SELECT concat_ws(' ', event_type, status, salon_id IS NOT NULL, payload_bytes IS NOT NULL)
                    FROM webhook_logs ORDER BY id
                    """)
            }
        }
    }

    /// The service, its server and its client on one loop, as they are in the program.
    private func withScene(
        _ change: @escaping @Sendable (inout Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (Scene) async throws -> Void
    ) async throws {
        try await withSalonDatabase { database, loop in
            let superuser = try await PostgresSession.connect(database.superuser, on: loop)
            defer { superuser.close() }
            let salon = try await TestedSalon.open("Salon", Store(primary: database.service, on: loop), superuser)
            var configuration = Configuration(database: database.service)
            configuration.whatsApp.appSecret = Secret(Self.secret)
            configuration.whatsApp.previousAppSecret = Secret(Self.previous)
            configuration.whatsApp.verifyToken = Secret(Self.token)
            change(&configuration)
            let log = MemorySink()
            let service = try await Service(
                configuration, logger: Logger(label: "service", level: .info, sink: log), on: LoopGroup(of: loop))
            let server = try HTTPServer(at: .tcp(host: "127.0.0.1", port: 0), on: loop) {
                await service.router.respond(to: $0)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                try await body(
                    Scene(
                        salon: salon, client: HTTPClient(on: loop), address: server.address, service: service, log: log)
                )
                server.shutDown(within: .seconds(10))
                try await group.waitForAll()
            }
            await service.close()
        }
    }

    private static func body(_ number: String, _ messages: String) -> [UInt8] {
        Array(
            """
            {"object":"whatsapp_business_account","entry":[{"id":"account","changes":[{"value":{\
            "messaging_product":"whatsapp","metadata":{"phone_number_id":"\(number)"},"messages":[\(messages)]},\
            "field":"messages"}]}]}
            """.utf8)
    }

    private static func message(_ key: String, _ text: String = "hello") -> String {
        let now = Timestamp.now().microseconds / 1_000_000
        return #"{"id":"\#(key)","from":"33","timestamp":"\#(now)","type":"text","text":{"body":"\#(text)"}}"#
    }

    @Test("The address is registered by whoever has the token")
    func registration() async throws {
        try await withScene { scene in
            let path = "/webhook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
            let right = try await scene.client.get(path + Self.token, at: scene.address, within: .seconds(30))
            #expect(right.status == .ok && right.text == "1158201444")
            for wrong in [path, path + "other", "/webhook", "/webhook?hub.verify_token=\(Self.token)"] {
                #expect(try await scene.client.get(wrong, at: scene.address, within: .seconds(30)).status == .forbidden)
            }
        }
    }

    @Test("A delivery that is signed is kept and applied, once, however often it comes")
    func delivery() async throws {
        try await withScene { scene in
            let body = Self.body("Salon", Self.message("wamid.1"))
            for secret in [Self.secret, Self.secret, Self.previous] {
                let answer = try await scene.deliver(body, signed: secret)
                #expect(answer.status == .ok && answer.body.isEmpty)
            }
            #expect(try await scene.lines == Array(repeating: "messages PROCESSED t f", count: 3))
            #expect(try await scene.texts("SELECT content FROM messages") == ["hello"])
            #expect(try await scene.texts("SELECT topic FROM outbox") == ["message.received"])
            let secrets = [Self.secret, Self.previous, Self.token, "hello"]
            let logged = scene.log.records.map { String(decoding: LogFormat.json.line(for: $0), as: UTF8.self) }
            #expect(logged.filter { line in secrets.contains { line.contains($0) } } == [])
        }
    }

    @Test("Without the right signature over the very bytes nothing is taken, and nothing is kept")
    func signatures() async throws {
        try await withScene { scene in
            let body = Self.body("Salon", Self.message("wamid.1"))
            let right = Digest(of: body, key: Array(Self.secret.utf8)).hexadecimal
            let wrong: [HTTPHeaders] = [
                [:], ["X-Hub-Signature-256": ""], ["X-Hub-Signature-256": right],
                ["X-Hub-Signature-256": "sha256="], ["X-Hub-Signature-256": "sha256=\(right.dropLast())"],
                ["X-Hub-Signature-256": "sha256=\(right)0"], ["X-Hub-Signature-256": "sha1=\(right.prefix(40))"],
                ["X-Hub-Signature": "sha256=\(right)"],
                ["X-Hub-Signature-256": "sha256=\(String(repeating: "0", count: 64))"],
            ]
            for headers in wrong {
                let answer = try await scene.send(body, headers)
                #expect(answer.status == .unauthorized && answer.headers["Content-Type"] == "application/problem+json")
            }
            #expect(
                try await scene.send(body + [32], ["X-Hub-Signature-256": "sha256=\(right)"]).status == .unauthorized)
            #expect(try await scene.deliver(body, signed: "another secret").status == .unauthorized)
            #expect(try await scene.lines == [])
            #expect(try await scene.send(body, ["X-Hub-Signature-256": "sha256=\(right)"]).status == .ok)
        }
    }

    @Test("Without a secret nobody can be believed, which is our trouble and not the sender's")
    func noSecret() async throws {
        try await withScene(
            {
                $0.whatsApp.appSecret = nil; $0.whatsApp.previousAppSecret = nil
            }
        ) { scene in
            let answer = try await scene.deliver(Self.body("Salon", Self.message("wamid.1")))
            #expect(answer.status == .serviceUnavailable)
        }
    }

    @Test("What was signed and makes no sense is refused with a reason, and kept")
    func nonsense() async throws {
        try await withScene { scene in
            let long = String(repeating: "9", count: 200_000)
            func message(_ members: String) -> [UInt8] { Self.body("Salon", "{\(members)}") }
            let bodies: [([UInt8], HTTPStatus)] = [
                ([], .badRequest), (Array("hello".utf8), .badRequest), (Array("{".utf8), .badRequest),
                (Self.body("Salon", Self.message("wamid.1")).dropLast(3) + [], .badRequest),
                ([0x22, 0xff, 0x22], .badRequest), (Array(#"{"a":1,"a":2}"#.utf8), .badRequest),
                (Array(repeating: UInt8(ascii: "["), count: 100_000), .badRequest),
                (Array("null".utf8), .unprocessableContent), (Array("{}".utf8), .unprocessableContent),
                (Array(#"{"object":"page","entry":[]}"#.utf8), .unprocessableContent),
                (Self.body("Salon", Self.message("wamid.2", #"\u0000"#)), .unprocessableContent),
                (Self.body("Salon", Self.message("wamid.3", #"\ud800"#)), .badRequest),
                (message(#""id":"w","from":"33","timestamp":"yesterday","type":"text""#), .unprocessableContent),
                (message(#""id":"w","from":"33","timestamp":"99999999999999","type":"text""#), .unprocessableContent),
                (message(#""id":"w","timestamp":"1790000000","type":"text""#), .unprocessableContent),
                (message(#""id":"","from":"33","timestamp":"1790000000","type":"text""#), .unprocessableContent),
                (message(#""id":7,"from":"33","timestamp":"1790000000","type":"text""#), .unprocessableContent),
                (
                    message(
                        #""id":"\#(String(repeating: "w", count: 600))","from":"33","timestamp":"1790000000","type":"text""#
                    ), .unprocessableContent
                ),
                (
                    message(#""id":"w","from":"33","timestamp":"1790000000","type":"order","order":{"x":1\#(long)}"#),
                    .unprocessableContent
                ),
                (Self.body("elsewhere", Self.message("wamid.4")), .notFound),
            ]
            for (body, status) in bodies {
                let answer = try await scene.deliver(body)
                let text = String(decoding: body.prefix(200), as: UTF8.self)
                #expect(answer.status == status, "\(text): \(answer.text)")
                #expect(answer.headers["Content-Type"] == "application/problem+json")
            }
            let lines = try await scene.lines
            #expect(lines.count == bodies.count)
            #expect(lines.dropLast(2).allSatisfy { $0 == "unreadable FAILED f t" }, "\(lines)")
            #expect(lines.suffix(2) == ["messages FAILED t t", "messages IGNORED f f"])
            #expect(try await scene.texts("SELECT content FROM messages") == [])
        }
    }

    @Test("A backslash before what looks like the character of the number 0 is a backslash")
    func escapes() async throws {
        try await withScene { scene in
            let answer = try await scene.deliver(Self.body("Salon", Self.message("wamid.1", #"\\u0000"#)))
            #expect(answer.status == .ok)
            #expect(try await scene.texts("SELECT content FROM messages") == [#"\u0000"#])
        }
    }

    @Test("More than WhatsApp ever sends is not read")
    func oversize() async throws {
        try await withScene { scene in
            let answer = try await scene.deliver(Array(repeating: 32, count: 3 << 20 + 1))
            #expect(answer.status == .contentTooLarge)
            #expect(try await scene.lines == [])
        }
    }

    @Test("Changes of several salons in one delivery reach each of them, and none sees the others'")
    func several() async throws {
        try await withScene { scene in
            _ = try await TestedSalon.open("Other", scene.salon.store, scene.salon.superuser)
            func change(_ number: String, _ key: String) -> String {
                #"{"value":{"metadata":{"phone_number_id":"\#(number)"},"messages":[\#(Self.message(key, number))]},"#
                    + #""field":"messages"}"#
            }
            let changes = [change("Salon", "wamid.1"), change("Other", "wamid.2"), change("nobody", "wamid.3")]
            let body =
                #"{"object":"whatsapp_business_account","entry":[{"id":"a","changes":["#
                + changes.joined(separator: ",") + "]}]}"
            #expect(try await scene.deliver(Array(body.utf8)).status == .ok)
            #expect(
                try await scene.texts(
                    """
                    SELECT concat_ws(' ', s.name, w.status, w.payload::text LIKE '%Salon%', w.payload::text LIKE '%Other%',
                        w.payload::text LIKE '%nobody%')
                    FROM webhook_logs w LEFT JOIN salons s ON s.id = w.salon_id ORDER BY 1
                    """) == ["IGNORED f f t", "Other PROCESSED f t f", "Salon PROCESSED t f f"])
            #expect(
                try await scene.texts(
                    "SELECT concat_ws(' ', s.name, m.content) FROM messages m JOIN salons s ON s.id = m.salon_id ORDER BY 1"
                )
                    == ["Other Other", "Salon Salon"])
        }
    }

    @Test("What a server left in the log is found there and applied")
    func left() async throws {
        try await withScene { scene in
            let body = Self.body("Salon", Self.message("wamid.1"))
            try await scene.salon.superuser.query(
                """
                INSERT INTO webhook_logs (id, created_at, salon_id, event_type, payload)
                SELECT uuidv7(), now() - interval '1 minute', $1, 'messages', $2
                """, scene.salon.id, PostgresJSON(String(decoding: body, as: UTF8.self)))
            let count = try await scene.service.events.takeWhatWasLeft()
            #expect(count == 1)
            #expect(try await scene.lines == ["messages PROCESSED t f"])
            #expect(try await scene.texts("SELECT content FROM messages") == ["hello"])
        }
    }

    @Test("What comes in counts against the rate of its number: while it comes every moment, nothing goes out")
    func inboundRate() async throws {
        let sealing = "0123456789abcdef0123456789abcdef-sealing"
        try await withScene({
            $0.sealing.keys = SealingSecrets("1=\(sealing)")
            // Nobody listens there. What matters is when it is tried.
            $0.whatsApp.graphURL = "http://127.0.0.1:9/v23.0"
        }) { scene in
            let sealer = FieldSealer(try SealingKeyring([1: Secret(sealing)]))
            let token = sealer.seal("token", for: SealedColumn.accessToken.field, of: scene.salon.scope.salon)
            try await scene.salon.superuser.query(
                "UPDATE salons SET access_token = $1, messages_per_second = 1 WHERE id = $2", token, scene.salon.id)
            let hello = OutgoingMessage(in: scene.salon.conversation, .text(try TextContent("hello")))
            _ = try await scene.salon.store.transaction(in: scene.salon.scope, repeatable: true) {
                try await Outgoing.put(hello, in: $0)
            }
            func tried() async throws -> Bool {
                let sql = "SELECT 1 FROM jobs WHERE queue = 'message.send' AND last_error IS NOT NULL"
                return try await !scene.salon.superuser.query(sql).isEmpty
            }
            func deliver(_ number: Int) async throws -> ContinuousClock.Instant {
                let start = ContinuousClock.now
                let body = Self.body("Salon", Self.message("wamid.\(number)"))
                #expect(try await scene.deliver(body).status == .ok)
                return start
            }
            var (number, latest, longest) = (0, try await deliver(0), Duration.zero)
            let work = Task { try await scene.service.work() }
            let end = ContinuousClock.now + .seconds(3)
            while .now < end {
                number += 1
                let start = try await deliver(number)
                longest = max(longest, .now - latest)
                latest = start
                try await scene.salon.superuser.loop.sleep(for: .milliseconds(50))
            }
            // On a machine that stood still for a second a message may have gone out in between.
            let isEarly = try await tried()
            #expect(!isEarly || longest > .seconds(1))
            let patience = ContinuousClock.now + .seconds(30)
            while try await !tried(), .now < patience {
                try await scene.salon.superuser.loop.sleep(for: .milliseconds(20))
            }
            #expect(try await tried())
            work.cancel()
            _ = await work.result
        }
    }

    @Test("Without the database a delivery is to come again")
    func noDatabase() async throws {
        try await withScene({ $0.database.host = "/tmp/parlor-nowhere" }) { scene in
            let answer = try await scene.deliver(Self.body("Salon", Self.message("wamid.1")))
            #expect(answer.status == .serviceUnavailable && answer.headers["Retry-After"] == "5")
        }
    }
}
