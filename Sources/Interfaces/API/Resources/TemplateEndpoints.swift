import Basics
import HTTP
import Postgres
import Store
import Tenants

extension Record where Row == MessageTemplate {
    fileprivate static let template = Record(
        "Template", "What may be said outside of the window, once WhatsApp has approved it.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .set("name", .templateName, \.name, required: true, fixed: true, "Its name at WhatsApp."),
            .set("language", .language, \.language, required: true, fixed: true, "Its language."),
            .set("category", .category, \.category, required: true, "MARKETING, UTILITY or AUTHENTICATION."),
            .told("status", .told, \.status, "What WhatsApp has made of it."),
            .set(
                "components", .free("array", upTo: 32_768), \.components, standard: PostgresJSON("[]"),
                "What it consists of, in WhatsApp's form."),
            .told("rejected_reason", .orNull(.told), \.rejectedReason, "Why WhatsApp did not take it."),
            .told("version", .version, \.version, "How often it was changed; its ETag."),
        ])
}

extension FieldType where Value == String {
    fileprivate static var templateName: FieldType {
        text(1...512, pattern: "^[a-z0-9_]+$", "lower-case letters, digits and underscores") { text in
            text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
        }
    }

    fileprivate static var category: FieldType {
        let words = ["MARKETING", "UTILITY", "AUTHENTICATION"]
        return FieldType(
            schema: [.init("type", "string"), .init("enum", .array(words.map { .string($0) }))],
            expectation: "one of \(words.joined(separator: ", "))",
            reading: { json in json.text.flatMap { words.contains($0) ? $0 : nil } }, json: { .string($0) })
    }
}

/// Templates.
enum TemplateEndpoints {
    static let all = RowCollection(
        record: .template, statements: TemplateStatements.rows,
        words: .init(operations: ("Template", "Templates"), one: "a template", many: "templates"),
        paths: ("/v1/salons/\(Paths.salon)/templates", "/v1/salons/\(Paths.salon)/templates/\(Paths.id)"),
        tag: .messages, subject: .templates
    ).endpoints
}
