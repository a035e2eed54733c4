import Basics
import Postgres

/// The booking transaction as docs/schema.md recommends it, read from there.
enum RecommendedBooking {
    /// Its four statements.
    static let statements: [String] = {
        let page = "\(Files.parent(of: Files.parent(of: Files.parent(of: #filePath))))/docs/schema.md"
        let text = (try? Files.readText(page)) ?? ""
        let fences = text.split(separator: "```sql\n").dropFirst()
        guard let fence = fences.first?.split(separator: "```").first else { return [] }
        return fence.split(separator: ";").map(String.init).filter { !$0.allSatisfy(\.isWhitespace) }
    }()
}

extension PostgresSession {
    /// Books the first salon's resources, all statements in one round trip.
    func bookAsRecommended(code: String, _ from: String, _ until: String, _ resources: [Int]) async throws {
        let statements = RecommendedBooking.statements
        precondition(statements.count == 4, "docs/schema.md has the transaction's four statements")
        let keys = resources.compactMap { PostgresUUID(TwoSalons.key(TwoSalons.ada, $0)) }
        guard let start = Timestamp(rfc3339: from), let end = Timestamp(rfc3339: until) else { throw Undone() }
        try await transaction {
            async let begun = query(statements[0], TwoSalons.ada, "user:ada")
            async let locked = query(statements[1], keys)
            async let released = query(statements[2], keys, start, end)
            async let booked = query(
                statements[3], code, "Cut", start, end, "UTC", start, end, keys)
            _ = try await (begun, released, booked)
            guard try await locked.count == keys.count else { throw Undone() }
        }
    }
}
