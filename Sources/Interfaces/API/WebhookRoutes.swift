import Basics
import HTTP
import Postgres
import Telemetry
import WhatsApp

/// Where WhatsApp delivers.
struct WebhookRoutes: Sendable {
    /// The largest body that WhatsApp sends.
    private static let bodyMax = ByteCount.megabytes(3)

    let secrets: WebhookSecrets
    let intake: WebhookIntake
    let deliveries: MetricFamily<Counter>
    let logger: Logger

    init(_ secrets: WebhookSecrets, _ intake: WebhookIntake, logger: Logger, metrics: MetricsRegistry) {
        self.logger = logger
        self.secrets = secrets
        self.intake = intake
        deliveries = metrics.counter(
            "parlor_webhook_deliveries_total", "Deliveries of WhatsApp by what became of them.", labels: ["outcome"])
    }

    func add(to router: inout HTTPRouter) {
        router.get("/webhook", "Answers WhatsApp when the address for deliveries is registered.") { try verify($0) }
        router.post("/webhook", "Takes what WhatsApp delivers.", body: .collected(upTo: Self.bodyMax)) {
            try await take($0)
        }
    }

    private func verify(_ request: HTTPRequest) throws(HTTPProblem) -> HTTPResponse {
        var items: [String: String] = [:]
        for item in request.target.queryItems { items[item.name] = item.value }
        guard items["hub.mode"] == "subscribe", let token = items["hub.verify_token"], secrets.isToken(token) else {
            throw HTTPProblem(.forbidden, "the token is not the one that was agreed on")
        }
        return .text(items["hub.challenge"] ?? "")
    }

    private func take(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard secrets.canVerify else {
            deliveries.with("unverifiable").increment()
            throw HTTPProblem(.serviceUnavailable, "no app secret is set, so nobody's signature can be checked")
        }
        guard secrets.isSigned(request.body, by: request.headers["X-Hub-Signature-256"]) else {
            deliveries.with("unsigned").increment()
            throw HTTPProblem(.unauthorized, "the signature is missing or wrong")
        }
        let receipt: WebhookIntake.Receipt
        do {
            receipt = try await intake.take(request.body)
        } catch let error as PostgresError {
            deliveries.with("unkept").increment()
            logger.warning("a delivery could not be kept", error: error)
            throw Self.later
        }
        deliveries.with(receipt.label).increment()
        switch receipt {
        case .kept: return .text("")
        case .malformed(let reason): throw HTTPProblem(.badRequest, reason)
        case .unacceptable(let reason): throw HTTPProblem(.unprocessableContent, reason)
        case .unknown: throw HTTPProblem(.notFound, "no salon has this number or account")
        }
    }

    private static let later = HTTPProblem(
        .serviceUnavailable, "the delivery could not be kept", headers: ["Retry-After": "5"])
}

extension WebhookIntake.Receipt {
    /// Its name as a label.
    fileprivate var label: String {
        switch self {
        case .kept: "kept"
        case .malformed: "malformed"
        case .unacceptable: "unacceptable"
        case .unknown: "unknown"
        }
    }
}
