import Basics
import HTTP
import Postgres
import Store
import Tenants

extension Record where Row == Customer {
    /// A customer as clients see one.
    static let customer = Record(
        "Customer", "Somebody who writes to a salon or is booked there.",
        [
            .told("id", .identifier, \.id, "The key."),
            .set("name", .orNull(.text(0...200)), \.name, "The name."),
            .set(
                "phone_number", .orNull(.phone), \.phoneNumber, "The number in international form, where it is known."),
            .told("whatsapp_user_id", .orNull(.told), \.whatsAppUser, "WhatsApp's own identifier, where it is known."),
            .set("email", .orNull(.email), \.email, "An address, where it is known."),
            .set("language", .orNull(.language), \.language, "The language."),
            .set("notes", .orNull(.text(0...4000)), \.notes, "What the salon notes about them; kept sealed."),
            .told("created_at", .moment, \.created, "When they were first known."),
            .told("version", .version, \.version, "How often the row was changed; its ETag."),
        ])
}

/// Customers.
enum CustomerEndpoints {
    private static let search = QueryParameter(
        "q", .text(1...100), "Only those whose number or name begins so.")

    private static let collection = RowCollection(
        record: .customer, statements: CustomerStatements.rows,
        words: .init(operations: ("Customer", "Customers"), one: "a customer", many: "customers"),
        paths: ("/v1/salons/\(Paths.salon)/customers", "/v1/salons/\(Paths.salon)/customers/\(Paths.id)"),
        tag: .customers, subject: .customers, filters: [AnyQueryParameter(search)],
        rows: { call, behind, limit in
            guard let beginning = call.query[search] else { return nil }
            return try await call.store.read(
                CustomerStatements.search, (behind, beginning, limit), in: call.scope, call.freshness)
        },
        finish: { draft, call in try call.sealing("notes", of: draft, as: SealedColumn.customerNotes.field) },
        open: { row, call in
            var row = row
            row.notes = try call.opened(row.sealedNotes, SealedColumn.customerNotes.field)
            return row
        })

    static let all = collection.endpoints
}

extension Call {
    /// A draft with one of its members sealed, as the column has it.
    func sealing(_ name: String, of draft: Draft, as field: SealedField) throws(HTTPProblem) -> Draft {
        guard let text = draft[name]?.text, let salon else { return draft }
        guard let sealer = services.sealer else {
            throw HTTPProblem(.serviceUnavailable, "this is kept sealed only, and no sealing keys are configured")
        }
        var draft = draft
        draft[name] = .string("\\x\(hexadecimal(sealer.seal(text, for: field, of: salon).bytes))")
        return draft
    }

    /// The text of a sealed value. Without the keys nothing is shown: a client must not take it for empty.
    func opened(_ sealed: SealedText?, _ field: SealedField) throws -> String? {
        guard let sealed, let salon else { return nil }
        guard let sealer = services.sealer else {
            throw HTTPProblem(.serviceUnavailable, "something here is sealed, and no sealing keys are configured")
        }
        return try sealer.open(sealed, for: field, of: salon)
    }
}
