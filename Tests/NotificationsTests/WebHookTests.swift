import Basics
import Configuration
import HTTP
import HTTPTestSupport
import JSONText
import Loop
import Synchronization
import TLS
import TLSTestSupport
import TestSupport
import Testing

@testable import Notifications

/// Slack and PagerDuty, played by a server that a test makes.
@Suite struct WebHookTests {
    /// What the services were sent.
    private final class Inbox: Sendable {
        private let requests = Mutex<[HTTPRequest]>([])

        /// The number of this request, from 1 on.
        func add(_ request: HTTPRequest) -> Int {
            requests.withLock { requests in
                requests.append(request)
                return requests.count
            }
        }

        var all: [HTTPRequest] { requests.withLock { $0 } }
        var bodies: [JSON] { all.compactMap { try? JSON(reading: String(decoding: $0.body, as: UTF8.self)) } }
    }

    private struct Place: Sendable {
        let inbox: Inbox
        let settings: Configuration.Notifications
        let authorities: TLSAuthorities
        let loop: EventLoop

        func notifier(_ policy: DeliveryPolicy = .quick, _ authorities: TLSAuthorities? = nil) throws -> Notifier {
            try Notifier(
                settings, source: "host1", on: loop, policy, authorities: authorities ?? self.authorities)
        }

        func send(
            _ notice: Notice = Notice(.critical, key: "k", "t"), to channel: NotificationChannel = .slack,
            _ policy: DeliveryPolicy = .quick, _ authorities: TLSAuthorities? = nil
        ) async throws -> Delivery {
            let telling = Telling(notice, over: [channel])
            return try #require(await notifier(policy, authorities).send(telling).first)
        }

        /// The same for a message that must be taken.
        func deliver(_ notice: Notice, to channel: NotificationChannel = .slack) async throws {
            let delivery = try await send(notice, to: channel)
            #expect(delivery.fault == nil)
        }
    }

    private static let path = "/services/T0/B0/hunter2"

    private func withServices(
        _ answer: @escaping @Sendable (_ request: HTTPRequest, _ number: Int) async -> HTTPResponse = { _, _ in
            .text("ok")
        },
        _ body: @escaping @Sendable (Place) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let authority = try TestAuthority(in: folder)
            let tls = try TLSServer(TLSServerOptions(identity: try authority.issue(for: ["localhost"])))
            let inbox = Inbox()
            try await withHTTPServer(
                secure: { try await tls.accept(over: $0, within: .seconds(30)) },
                { request in await answer(request, inbox.add(request)) }
            ) { server, loop in
                guard case .tcp(_, let port) = server.address else { return }
                var settings = Configuration.Notifications()
                settings.slack = Secret("https://localhost:\(port)\(Self.path)")
                settings.pagerduty = Secret("hunter3")
                settings.pagerdutyURL = "https://localhost:\(port)/v2/enqueue"
                let authorities = TLSAuthorities.file(authority.certificateFile)
                try await body(Place(inbox: inbox, settings: settings, authorities: authorities, loop: loop))
            }
        }
    }

    @Test("Slack gets a message whose text cannot mention anybody")
    func slack() async throws {
        try await withServices { place in
            let notice = Notice(
                .warning, key: "k", "disk <!channel> & co", text: "a\nb <\u{301}x>", fields: [.init("free", "1 %")],
                at: Timestamp(seconds: 1_795_303_593))
            try await place.deliver(notice)
            #expect(place.inbox.all.map(\.path) == [Self.path])
            #expect(
                place.inbox.bodies.first?.compact == """
                    {"text":"*Warning* on host1","attachments":[{"color":"warning",\
                    "fallback":"Warning: disk &lt;!channel&gt; &amp; co","title":"disk &lt;!channel&gt; &amp; co",\
                    "text":"a\\nb &lt;\u{301}x&gt;","fields":[{"title":"free","value":"1 %","short":true}],\
                    "footer":"host1","ts":1795303593}]}
                    """)
        }
    }

    @Test("PagerDuty gets an incident, and its end under the same key")
    func pagerDuty() async throws {
        try await withServices { place in
            let moment = Timestamp(seconds: 1_795_303_593)
            var notice = Notice(
                .critical, key: "primary", "gone\r\nx", text: "why", fields: [.init("node", "n1")], at: moment)
            try await place.deliver(notice, to: .pagerduty)
            notice.isResolved = true
            try await place.deliver(notice, to: .pagerduty)
            #expect(
                place.inbox.bodies.map(\.compact) == [
                    """
                    {"routing_key":"hunter3","event_action":"trigger","dedup_key":"parlor/host1/primary","client":"Parlor",\
                    "payload":{"summary":"gone  x","source":"host1","severity":"critical",\
                    "timestamp":"2026-11-21T23:26:33.000Z","custom_details":{"node":"n1","text":"why"}}}
                    """,
                    #"{"routing_key":"hunter3","event_action":"resolve","dedup_key":"parlor/host1/primary"}"#,
                ])
            notice.key = String(repeating: "x", count: 300)
            try await place.deliver(notice, to: .pagerduty)
            #expect(place.inbox.bodies.last?["dedup_key"]?.text?.utf8.count == 71)
        }
    }

    @Test("A refusal for good is told, and not tried again", arguments: [400, 403, 404, 410, 301])
    func refused(status: Int) async throws {
        try await withServices({ _, _ in HTTPResponse(HTTPStatus(status), body: Array("invalid hunter2".utf8)) }) {
            place in
            let delivery = try await place.send()
            #expect(delivery.fault?.reason == "it refused the message with status \(status)")
            #expect(delivery.attempts == 1 && place.inbox.all.count == 1 && delivery.fault?.hint != nil)
        }
    }

    @Test("A refusal for now is tried again", arguments: [408, 429, 500, 503])
    func again(status: Int) async throws {
        try await withServices({ _, number in number < 3 ? HTTPResponse(HTTPStatus(status)) : .text("ok") }) { place in
            let delivery = try await place.send()
            #expect(delivery.fault == nil && delivery.attempts == 3)
        }
    }

    @Test("A service that wants to be left alone for long is not asked again")
    func leftAlone() async throws {
        try await withServices({ _, _ in HTTPResponse(HTTPStatus(429), headers: ["Retry-After": "3600"]) }) { place in
            let delivery = try await place.send()
            #expect(delivery.attempts == 1 && delivery.fault?.retryAfter == .seconds(3600))
        }
    }

    @Test("A service that hangs is given up, and one that comes back gets the message")
    func hanging() async throws {
        try await withServices({ _, number in
            // It ends when the client has gone.
            if number == 1 { await cancellation() }
            return .text("ok")
        }) { place in
            var policy = DeliveryPolicy.quick
            (policy.attemptLimit, policy.attemptsMax) = (.milliseconds(400), 10)
            let delivery = try await place.send(to: .slack, policy)
            #expect(delivery.fault == nil && delivery.attempts > 1)
        }
    }

    @Test("A stranger's certificate is refused before anything is said")
    func stranger() async throws {
        try await withServices { place in
            let delivery = try await place.send(to: .pagerduty, .quick, .system)
            #expect(delivery.fault?.reason.contains("not trusted here") == true && delivery.attempts == 1)
            #expect(place.inbox.all.isEmpty)
        }
    }

    @Test("All ways are used at the same time, and one that fails does not keep the others from it")
    func together() async throws {
        try await withServices({ request, _ in HTTPResponse(HTTPStatus(request.path == Self.path ? 410 : 202)) }) {
            place in
            let notifier = try place.notifier()
            let deliveries = await notifier.tell(Notice(.critical, key: "k", "t"))
            #expect(deliveries.map(\.channel) == [.slack, .pagerduty])
            #expect(deliveries.map(\.hasArrived) == [false, true])
            // Only the one that does not know yet is told again.
            #expect(await notifier.tell(Notice(.critical, key: "k", "t")).map(\.channel) == [.slack])
            let later = try Notifier(
                place.settings, source: "host1", on: place.loop, memory: notifier.memory, .quick,
                authorities: place.authorities)
            #expect(await later.tell(Notice(.critical, key: "k", "t", isResolved: true)).map(\.channel) == [.pagerduty])
        }
    }

    @Test("The end of a trouble does not overtake its beginning, however often that has to be tried")
    func ordered() async throws {
        let (begun, begin) = AsyncStream<Void>.makeStream()
        try await withServices({ request, number in
            begin.yield()
            return HTTPResponse(HTTPStatus(request.path == Self.path || number > 2 ? 202 : 503))
        }) { place in
            var policy = DeliveryPolicy.quick
            policy.firstPause = .milliseconds(100)
            var settings = place.settings
            settings.slack = nil
            let notifier = try Notifier(
                settings, source: "host1", on: place.loop, policy, authorities: place.authorities)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { #expect(await notifier.tell(Notice(.critical, key: "k", "t")).first?.attempts == 3) }
                for await _ in begun { break }
                let end = await notifier.tell(Notice(.critical, key: "k", "t", isResolved: true))
                #expect(end.first?.fault == nil)
                try await group.waitForAll()
            }
            let actions = place.inbox.bodies.map { $0["event_action"]?.text }
            #expect(actions == ["trigger", "trigger", "trigger", "resolve"])
        }
    }

    @Test("Nothing that is said about a failure holds the address of a webhook, a key or a password")
    func secrets() async throws {
        let failures: [@Sendable (HTTPRequest, Int) async -> HTTPResponse] = [
            { _, _ in HTTPResponse(HTTPStatus(404), body: Array(Self.path.utf8)) },
            { _, _ in
                await cancellation()
                return .text("")
            },
            { _, _ in HTTPResponse(.ok, body: [UInt8](repeating: 65, count: 1 << 20)) },
        ]
        for failure in failures {
            try await withServices(failure) { place in
                var policy = DeliveryPolicy.quick
                (policy.attemptLimit, policy.attemptsMax) = (.milliseconds(400), 1)
                let notifier = try place.notifier(policy)
                for delivery in await notifier.tell(Notice(.critical, key: "k", "t")) {
                    #expect(delivery.fault != nil)
                    let texts = [
                        "\(delivery)", String(reflecting: delivery), delivery.failure?.debugDescription ?? "",
                        "\(place.settings)", notifier.memory.compact,
                    ]
                    #expect(texts.allSatisfy { !$0.contains("hunter") && !$0.contains("/T0/") }, "\(texts)")
                }
            }
        }
    }
}

/// Comes back when the task is cancelled.
private func cancellation() async {
    let (stream, end) = AsyncStream<Void>.makeStream()
    for await _ in stream {}
    end.finish()
}
