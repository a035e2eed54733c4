import Basics
import Digests

/// A notice as PagerDuty's Events API v2 takes it.
struct PagerDutyEvent {
    let json: JSON

    init(_ telling: Telling, from source: String, to routingKey: String) {
        let notice = telling.notice
        var event: [JSON.Member] = [
            .init("routing_key", .string(routingKey)),
            .init("event_action", notice.isResolved ? "resolve" : "trigger"),
            .init("dedup_key", .string(Self.key(notice.key, source))),
        ]
        if !notice.isResolved {
            event.append(.init("client", "Parlor"))
            event.append(.init("payload", Self.payload(telling, source)))
        }
        json = .object(event)
    }

    private static func payload(_ telling: Telling, _ source: String) -> JSON {
        let notice = telling.notice
        var details = telling.fields.prefix(50).map {
            JSON.Member($0.name.oneLine(atMost: 100), .string($0.value.oneLine(atMost: 1000)))
        }
        if !notice.text.isEmpty { details.append(.init("text", .string(notice.text.lines(atMost: 10_000)))) }
        return [
            "summary": .string(notice.title.oneLine(atMost: 1000)), "source": .string(source),
            "severity": .string(notice.severity.rawValue), "timestamp": .string(notice.at.rfc3339),
            "custom_details": .object(Array(details)),
        ]
    }

    /// The name by which the end of a trouble finds its beginning, within the 255 characters that there are.
    private static func key(_ key: String, _ source: String) -> String {
        let whole = "parlor/\(source)/\(key)"
        return whole.utf8.count <= 255 ? whole : "parlor/\(Digest(.sha256, of: Array(whole.utf8)).hexadecimal)"
    }
}
