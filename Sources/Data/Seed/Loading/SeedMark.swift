import Basics
import Postgres

/// What a database knows of a seed: a row of `seeds`.
package struct SeedMark: Equatable, Sendable {
    /// The seed.
    package let number: UInt64
    /// `demo`, or the scale.
    package let size: String
    /// The end, like `2026-03-01`.
    package let until: String
    /// Whether everything is there; false while it is being made, and after an end that came too early.
    package let isComplete: Bool

    init(_ request: SeedRequest, isComplete: Bool) {
        self.init(
            number: request.number, size: request.sizeName, until: request.calendar.date, isComplete: isComplete)
    }

    init(number: UInt64, size: String, until: String, isComplete: Bool) {
        self.number = number
        self.size = size
        self.until = until
        self.isComplete = isComplete
    }

    /// Writes it down, with the salons that are made.
    func insert(for salons: [PostgresUUID], in session: PostgresSession) async throws {
        try await session.query(
            "INSERT INTO seeds (number, size, until, is_complete, salons) VALUES ($1, $2, $3, $4, $5)",
            "\(number)", size, until, isComplete, salons, fate: .own)
    }
}
