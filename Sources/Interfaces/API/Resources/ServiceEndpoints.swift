import HTTP
import Postgres
import Store
import Tenants

extension Record where Row == OfferedService {
    /// A service as clients see it.
    static let service = Record(
        "Service", "What can be booked.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .set("name", .text(1...200), \.name, required: true, "Its name, which no other of the salon has."),
            .set("description", .orNull(.text(0...2000)), \.description, "What customers read about it."),
            .set("category", .orNull(.text(0...100)), \.category, "A group of services."),
            .set("duration_minutes", .integer(1...1440), \.minutes, required: true, "How long it takes."),
            .set("buffer_before_minutes", .minutes, \.minutesBefore, standard: 0, "What is kept free before it."),
            .set("buffer_after_minutes", .minutes, \.minutesAfter, standard: 0, "What is kept free after it."),
            .set("price", .orNull(.price), \.price, "What it costs; null when that is agreed on each time."),
            .set("currency", .orNull(.currency), \.currency, "The currency of the price; null for the salon's."),
            .set("is_active", .truth, \.isActive, standard: true, "Whether it can be booked."),
            .told("resource_ids", .keys, \.resources, "Who and what can give it."),
            .told("version", .version, \.version, "How often it was changed; its ETag."),
        ])
}

/// Services, and who can give them.
enum ServiceEndpoints {
    static let collection = RowCollection(
        record: .service, statements: ServiceStatements.rows,
        words: .init(operations: ("Service", "Services"), one: "a service", many: "services"),
        paths: ("/v1/salons/\(Paths.salon)/services", "/v1/salons/\(Paths.salon)/services/\(Paths.id)"),
        tag: .catalogue, subject: .catalogue)

    /// Who can give a service: the whole list, because that is what people decide on.
    private static let resources = Shape(
        "ServiceResources",
        Field("resource_ids", .keys, "Who and what can give it: all of them.")
    ) { Array(Set($0)).sorted() }

    static let all =
        collection.endpoints + [
            Endpoint(
                .put, "/v1/salons/\(Paths.salon)/services/\(Paths.id)/resources", "setServiceResources", .catalogue,
                "Says which staff, rooms and chairs can give a service.",
                access: .salon(Permission(.catalogue, .write)), body: resources,
                answer: .ok(Record<OfferedService>.service.component),
                precondition: .respected,
                .changing { call, resources, transaction in
                    let id = try call.parameter(Paths.id)
                    // An empty change, which counts as one: who can give it belongs to what its ETag stands for.
                    let change = (id, PostgresJSON("{}"), call.expectedVersion)
                    guard try await transaction.run(ServiceStatements.update, change).first != nil else {
                        let isThere = try await transaction.run(ServiceStatements.one, id).first != nil
                        throw isThere ? HTTPProblem.stale : .unknown
                    }
                    try await transaction.run(ServiceStatements.detach, (id, resources))
                    try await transaction.run(ServiceStatements.attach, (id, resources))
                    guard let row = try await transaction.run(ServiceStatements.one, id).first else {
                        throw HTTPProblem.unknown
                    }
                    return Reply(.ok, Record<OfferedService>.service.json(row), version: row.version)
                })
        ]
}
