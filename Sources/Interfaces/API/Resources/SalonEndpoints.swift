import Basics
import HTTP
import Postgres
import Store
import Tenants

extension Record where Row == SalonSettings {
    /// A salon as clients see it.
    static let salon = Record(
        "Salon", "A tenant: a salon with its number on WhatsApp.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .set("name", .text(1...200), \.name, required: true, "Its name."),
            .set("handle", .orNull(.handle), \.handle, "A short name for addresses, which no other salon has."),
            .set("phone_number_id", .metaID, \.phoneNumberID, required: true, "WhatsApp's identifier of its number."),
            .set(
                "business_account_id", .orNull(.metaID), \.businessAccountID,
                "WhatsApp's identifier of its business account."),
            .set("display_phone_number", .orNull(.phone), \.displayPhoneNumber, "The number as customers see it."),
            .kept("access_token", .orNull(.secret), "With what it speaks to WhatsApp; kept sealed, and never told."),
            .told("has_access_token", .truth, \.hasAccessToken, "Whether there is such a token."),
            .set("is_active", .truth, \.isActive, standard: true, "Whether it is served."),
            .set("timezone", .zone, \.timezone, standard: "UTC", "The zone of its clocks."),
            .set("language", .language, \.language, standard: "en", "The language of its customers."),
            .set("currency", .currency, \.currency, standard: "USD", "The currency of its prices."),
            .set(
                "messages_per_second", .integer(1...1000), \.messagesPerSecond, standard: 80,
                "How many messages WhatsApp lets its number carry in a second, in and out; \"throughput\" there."),
            .set(
                "new_recipients_per_day", .orNull(.integer(1...1_000_000)), \.newRecipientsPerDay, standard: 250,
                "To how many people its business account may write in a day that have not written first: the messaging limit in WhatsApp's manager; null where there is none."
            ),
            .set(
                "settings", .free("object", upTo: 65_536), \.settings, standard: PostgresJSON("{}"),
                "What else programs keep about it."),
            .told(
                "sending_stopped_at", .orNull(.moment), \.sendingStopped,
                "Since when nothing is sent, because WhatsApp refused the token; another token lets it go on."),
            .told("sending_stopped_because", .orNull(.told), \.sendingStoppedBecause, "Why nothing is sent."),
            .told("created_at", .moment, \.created, "When it was made."),
            .told("version", .version, \.version, "How often it was changed; its ETag."),
        ])
}

extension FieldType where Value == String {
    fileprivate static var handle: FieldType {
        text(2...40, pattern: "^[a-z0-9-]+$", "2 to 40 lower-case letters, digits and hyphens") { text in
            text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
        }
    }

    /// An identifier of Meta's: digits.
    fileprivate static var metaID: FieldType {
        text(1...40, pattern: "^[0-9]+$", "an identifier of WhatsApp's: 1 to 40 digits") { text in
            text.utf8.allSatisfy { (48...57).contains($0) }
        }
    }

    /// Visible characters of ASCII.
    fileprivate static var secret: FieldType {
        text(16...1024, pattern: "^[!-~]+$", "a token of 16 to 1024 visible characters") { text in
            text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        }
    }
}

/// Salons.
enum SalonEndpoints {
    private static let record = Record<SalonSettings>.salon

    static let all = [list, make, show, change]

    private static let list = Endpoint(
        .get, "/v1/salons", "listSalons", .salons,
        "Lists the salons that whoever asks is of; all of them for the people who run the platform.", access: .signedIn,
        query: Paging.parameters, body: .none, answer: .page(of: record.component),
        .answering { call, _ in
            let page = try PageRequest(call, of: "listSalons")
            let behind = page.cursor?.id ?? PostgresUUID(high: 0, low: 0)
            let input = (behind, page.asked, call.ownSalons, call.principal?.isPlatformAdmin == true)
            let rows = try await call.store.read(SalonSettingsStatements.list, input, in: call.platform, call.freshness)
            return page.reply(rows, record.json) { Cursor($0.id) }
        })

    private static let make = Endpoint(
        .post, "/v1/salons", "createSalon", .salons,
        "Makes a salon; said again it makes no other one. It has no access token yet: that is sealed for it, and set by changing it.",
        access: .platform,
        body: record.draft, answer: .created(record.component),
        .answering { call, draft in
            do {
                let written = try await call.store.write(
                    SalonSettingsStatements.insert, draft.document, in: call.platform)
                guard let row = written.value.first else { throw HTTPProblem(.internalServerError) }
                var reply = reply(row)
                reply.position = written.position
                return reply
            } catch let error as PostgresError where error.sqlState == .uniqueViolation {
                // Whoever lost the answer says it again. By its number there can be only one that is just so.
                let made = try await call.store.read(
                    SalonSettingsStatements.made, draft.document, in: call.platform, .deciding)
                guard let row = made.first else { throw error }
                var reply = reply(row)
                reply.headers["Idempotent-Replayed"] = "true"
                return reply
            }
        })

    private static func reply(_ row: SalonSettings) -> Reply {
        var reply = Reply(.created, record.json(row), version: row.version)
        reply.headers["Location"] = "/v1/salons/\(row.id)"
        return reply
    }

    private static let show = Endpoint(
        .get, "/v1/salons/\(Paths.salon)", "getSalon", .salons, "Shows a salon.",
        access: .salon(Permission(.salon, .read)), body: .none, answer: .ok(record.component),
        .answering { call, _ in
            let rows = try await call.store.read(SalonSettingsStatements.own, (), in: call.scope, call.freshness)
            guard let row = rows.first else { throw HTTPProblem.unknown }
            return Reply(.ok, record.json(row), version: row.version)
        })

    private static let change = Endpoint(
        .patch, "/v1/salons/\(Paths.salon)", "updateSalon", .salons,
        "Changes a salon: what is absent stays as it is, what is null is cleared.",
        access: .salon(Permission(.salon, .write)), body: record.changes, answer: .ok(record.component),
        precondition: .demanded,
        .changing { call, draft, transaction in
            let sealed = try call.sealing("access_token", of: draft, as: SealedColumn.accessToken.field)
            let input = (sealed.document, call.expectedVersion)
            guard let row = try await transaction.run(SalonSettingsStatements.update, input).first else {
                let isThere = try await transaction.run(SalonSettingsStatements.own, ()).first != nil
                throw isThere ? HTTPProblem.stale : .unknown
            }
            return Reply(.ok, record.json(row), version: row.version)
        })
}

extension Call {
    /// The salons that whoever sent this has something to do with.
    fileprivate var ownSalons: [PostgresUUID] {
        switch principal?.kind {
        case .user(_, _, let roles, _): roles.keys.map(\.value)
        case .key(_, let salon, _): [salon.value]
        case nil: []
        }
    }
}
