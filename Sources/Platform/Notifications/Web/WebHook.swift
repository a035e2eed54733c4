import Basics
import Configuration
import HTTP
import Loop
import TLS

/// A service of the web that takes messages as JSON over TLS.
struct WebHook: Notifier.Way {
    /// What the service is sent.
    typealias Body = @Sendable (_ telling: Telling) -> JSON

    let channel: NotificationChannel
    let secrets: [String]
    private let origin: HTTPOrigin
    private let target: HTTPTarget
    private let client: HTTPClient
    private let hint: String
    private let body: Body

    private init(
        _ channel: NotificationChannel, key: String, _ address: String, secret: String, _ client: HTTPClient,
        hint: String, _ body: @escaping Body
    ) throws(ParlorError) {
        guard let parts = WebAddress(address), let target = HTTPTarget(parts.target),
            let origin = HTTPOrigin(.https, host: parts.host, port: parts.port)
        else {
            throw ParlorError(
                .configuration, "\(key) is not usable", why: "it is no address that begins with https://",
                hint: "Copy the address from \(channel.title) once more.")
        }
        self.channel = channel
        self.origin = origin
        self.target = target
        self.client = client
        self.hint = hint
        self.body = body
        // Errors of the client name the path that they are about.
        secrets = [secret, target.path]
    }

    /// The services that the settings name.
    static func all(
        _ settings: Configuration.Notifications, _ source: String, _ authorities: TLSAuthorities, on loop: EventLoop
    ) throws(ParlorError) -> [any Notifier.Way] {
        guard settings.slack != nil || settings.pagerduty != nil else { return [] }
        let client = try client(authorities, on: loop)
        var hooks: [any Notifier.Way] = []
        if let secret = settings.slack?.reveal() {
            hooks.append(
                try WebHook(
                    .slack, key: "notifications.slack", secret, secret: secret, client,
                    hint: "Make a new incoming webhook in Slack, and set notifications.slack to its address."
                ) { SlackMessage($0, from: source).json })
        }
        if let key = settings.pagerduty?.reveal() {
            hooks.append(
                try WebHook(
                    .pagerduty, key: "notifications.pagerduty_url", settings.pagerdutyURL, secret: key, client,
                    hint: "Set notifications.pagerduty to the integration key of a service with Events API v2."
                ) { PagerDutyEvent($0, from: source, to: key).json })
        }
        return hooks
    }

    private static func client(_ authorities: TLSAuthorities, on loop: EventLoop) throws(ParlorError) -> HTTPClient {
        let tls = try TLSClient(TLSClientOptions(authorities: authorities))
        var options = HTTPClientOptions()
        options.limits = HTTPMessageLimits(body: ByteCount(64 << 10))
        options.connections = .withoutReuse
        options.secure = { socket, host in try await tls.connect(over: socket, host: host, within: .seconds(10)) }
        return HTTPClient(on: loop, options)
    }

    func deliver(_ telling: Telling, _ identifier: String, within limit: Duration) async throws {
        var request = HTTPRequest(.post, target, body: Array(body(telling).compact.utf8))
        request.headers["Content-Type"] = "application/json"
        request.headers["User-Agent"] = "Parlor"
        let response = try await client.send(request, to: origin, within: limit)
        if let fault = WebHook.fault(response, hint: hint) { throw fault }
    }

    /// What a response that is no success means. The service's own words are not repeated: they may quote the request.
    static func fault(_ response: HTTPResponse, hint: String) -> DeliveryFault? {
        let status = response.status.code
        guard !(200..<300).contains(status) else { return nil }
        let isPassing = status == 408 || status == 429 || status >= 500
        // A date instead of seconds is left out: both services send seconds.
        let wish = response.headers["Retry-After"].flatMap { Int($0) }.map { Duration.seconds(max(0, min($0, 86_400))) }
        return DeliveryFault(
            "it refused the message with status \(status)", hint: isPassing ? nil : hint, isPassing: isPassing,
            retryAfter: wish)
    }
}
