package import Basics
package import Postgres
package import Store
import Tenants

/// Applies a stretch of the log of events again: after a mistake in applying them was mended, or when nobody is sure that
/// all of them were. What was applied before comes to nothing.
package struct EventReplay: Sendable {
    /// What is to be read.
    package struct Stretch: Hashable, Sendable {
        /// From this moment on.
        package var from: Timestamp
        /// Until before this one.
        package var until: Timestamp
        /// Of this salon only.
        package var salon: PostgresUUID?
        /// Only what could not be applied.
        package var isOfFailed: Bool

        /// A stretch of all salons, or of one.
        package init(from: Timestamp, until: Timestamp, salon: PostgresUUID? = nil, isOfFailed: Bool = false) {
            self.from = from
            self.until = until
            self.salon = salon
            self.isOfFailed = isOfFailed
        }
    }

    /// What came of it.
    package struct Outcome: Hashable, Sendable {
        /// Lines that were read.
        package var lines = 0
        /// Lines of which nothing can be done: nobody's, or kept as bytes because they make no sense.
        package var passed = 0
        /// What was applied.
        package var applied = EventApplier.Outcome()

        /// Nothing yet.
        package init() {}
    }

    private static let page = 500

    private let store: Store
    private let applier: EventApplier
    private let scope = PlatformScope(by: .service("replay"))

    /// A replay on a store.
    package init(_ store: Store) {
        self.store = store
        applier = EventApplier(store)
    }

    /// Reads the stretch in the order in which it was written, applies it unless `isDry`, and reports up to which moment
    /// it has come.
    package func run(
        _ stretch: Stretch, isDry: Bool = false, report: (Timestamp) -> Void = { _ in }
    ) async throws -> Outcome {
        var outcome = Outcome()
        var salons: [PostgresUUID: Salon?] = [:]
        var (moment, key) = (Timestamp(microseconds: 0), PostgresUUID(high: 0, low: 0))
        while true {
            let lines = try await store.read(
                WebhookLogStatements.stretch,
                (stretch.from, stretch.until, moment, key, stretch.salon, Self.page), in: scope, .deciding)
            guard let last = lines.last else { return outcome }
            (moment, key) = (last.created, last.id)
            let wanted = lines.filter { !stretch.isOfFailed || $0.status == .failed }
            outcome.lines += wanted.count
            for (salon, lines) in Dictionary(grouping: wanted, by: \.salon) {
                try await apply(lines, of: salon, isDry, &salons, &outcome)
            }
            report(moment)
            try Task.checkCancellation()
        }
    }

    private func apply(
        _ lines: [StoredLine], of key: PostgresUUID?, _ isDry: Bool, _ salons: inout [PostgresUUID: Salon?],
        _ outcome: inout Outcome
    ) async throws {
        guard let key, let salon = try await salon(key, &salons) else { return outcome.passed += lines.count }
        // What cannot be read is marked as that already.
        let events = lines.compactMap { line in
            (try? line.content() ?? nil).map { SalonEvent(log: line.id, received: line.created, content: $0) }
        }
        outcome.passed += lines.count - events.count
        if isDry {
            outcome.applied.applied += events.count
        } else {
            outcome.applied = try await outcome.applied + applier.apply(events, of: salon)
        }
    }

    private func salon(
        _ key: PostgresUUID, _ salons: inout [PostgresUUID: Salon?]
    ) async throws -> Salon? {
        if let known = salons[key] { return known }
        let scope = SalonScope(SalonIdentifier(key), by: .service("replay"))
        let salon = try await store.read(SalonStatements.own, (), in: scope).first
        salons[key] = .some(salon)
        return salon
    }
}
