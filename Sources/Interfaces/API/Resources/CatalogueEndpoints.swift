import Basics
import HTTP
import Postgres
import Store
import Tenants

extension Record where Row == Resource {
    /// Staff, a room or a chair as clients see it.
    static let resource = Record(
        "Resource", "What a booking occupies: somebody who works, a room, a chair.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .set("kind", .choice, \.kind, required: true, fixed: true, "What it is."),
            .set("name", .text(1...200), \.name, required: true, "Its name."),
            .set("user_id", .orNull(.identifier), \.user, "The member of the salon who it is, where that is one."),
            .set("is_active", .truth, \.isActive, standard: true, "Whether it can be booked."),
            .told("service_ids", .keys, \.services, "The services that it can give."),
            .told("version", .version, \.version, "How often it was changed; its ETag."),
        ])
}

extension Record where Row == OpeningHours {
    /// Opening hours as clients see them.
    static let openingHours = Record(
        "OpeningHours", "When a salon, or one of its resources, is there; a day with a break has two of them.",
        [
            .told("id", .identifier, \.id, "Their key."),
            .set("resource_id", .orNull(.identifier), \.resource, "Whose they are; null for the salon's own."),
            .set("weekday", .integer(1...7), \.weekday, required: true, "From Monday, 1, to Sunday, 7."),
            .set("opens", .timeOfDay, \.opens, required: true, "When it opens, by the salon's clocks."),
            .set("closes", .closingTime, \.closes, required: true, "When it closes, later on the same day."),
            .set("valid_from", .orNull(.day), \.from, "The first day on which they hold; null for always."),
            .set("valid_until", .orNull(.day), \.until, "The last day on which they hold; null for ever."),
            .told("version", .version, \.version, "How often they were changed; their ETag."),
        ])
}

extension Record where Row == Closure {
    /// A closure as clients see it.
    static let closure = Record(
        "Closure", "When a salon, or one of its resources, is not there after all: holidays, leave, repairs.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .set("resource_id", .orNull(.identifier), \.resource, "Whose it is; null for the salon's own."),
            .set("starts_at", .moment, \.starts, required: true, "When it begins."),
            .set("ends_at", .moment, \.ends, required: true, "When it is over."),
            .set("reason", .orNull(.text(0...500)), \.reason, "Why."),
            .told("version", .version, \.version, "How often it was changed; its ETag."),
        ])
}

/// Staff, rooms, opening hours and closures.
enum CatalogueEndpoints {
    private static let resources = RowCollection(
        record: .resource, statements: ResourceStatements.rows,
        words: .init(
            operations: ("Resource", "Resources"), one: "staff, a room or a chair", many: "staff, rooms and chairs"),
        paths: ("/v1/salons/\(Paths.salon)/resources", "/v1/salons/\(Paths.salon)/resources/\(Paths.id)"),
        tag: .catalogue, subject: .catalogue,
        check: { draft, transaction in
            guard let user = draft["user_id"]?.text.flatMap({ PostgresUUID($0) }) else { return }
            guard try await transaction.run(ResourceStatements.isMember, user).first == true else {
                throw HTTPProblem.faulty([FieldFault(pointer: "/user_id", detail: "is no member of the salon")])
            }
        })

    private static let openingHours = RowCollection(
        record: .openingHours, statements: OpeningHoursStatements.rows,
        words: .init(operations: ("OpeningHours", "OpeningHours"), one: "opening hours", many: "opening hours"),
        paths: ("/v1/salons/\(Paths.salon)/opening-hours", "/v1/salons/\(Paths.salon)/opening-hours/\(Paths.id)"),
        tag: .catalogue, subject: .catalogue)

    private static let closures = RowCollection(
        record: .closure, statements: ClosureStatements.rows,
        words: .init(operations: ("Closure", "Closures"), one: "a closure", many: "closures"),
        paths: ("/v1/salons/\(Paths.salon)/closures", "/v1/salons/\(Paths.salon)/closures/\(Paths.id)"),
        tag: .catalogue, subject: .catalogue)

    static let all = resources.endpoints + openingHours.endpoints + closures.endpoints
}
