import Postgres

/// Seals a column anew after a rotation of keys, salon by salon and in batches, each in the scope of its salon: so nothing
/// needs more rights than the service has, and it may be ended at any moment and run again.
///
/// To people who edit a row meanwhile it is a change like another: the row's version counts on, and the audit log says
/// that the value was sealed anew, never what it is.
package struct Resealing: Sendable {
    private static let salonsAtATime = 100

    private let store: Store
    private let sealer: FieldSealer
    private let batchSize: Int

    /// With the sealer whose newest key everything is to have.
    package init(_ store: Store, with sealer: FieldSealer, batchSize: Int = 500) {
        self.store = store
        self.sealer = sealer
        self.batchSize = batchSize
    }

    /// Goes over the whole column. When a pass finds nothing to do (`provesCompletion`), the older keys may go.
    package func run(_ column: SealedColumn) async throws -> ResealingPlan.Report {
        var total = ResealingPlan.Report()
        var last: PostgresUUID?
        while true {
            let salons = try await store.read(
                SealedColumnStatements.salons, (last, Self.salonsAtATime), in: PlatformScope(by: .service("resealing")),
                .deciding)
            for salon in salons { total.add(try await run(column, in: SalonIdentifier(salon))) }
            guard salons.count == Self.salonsAtATime else { return total }
            last = salons.last
        }
    }

    private func run(_ column: SealedColumn, in salon: SalonIdentifier) async throws -> ResealingPlan.Report {
        let scope = SalonScope(salon, by: .service("resealing"))
        var plan = ResealingPlan(column.field, with: sealer, batchSize: batchSize)
        while true {
            switch plan.step {
            case .read(let after, let limit):
                plan.read(try await store.read(column.values, (after, limit), in: scope, .deciding))
            case .write(let changes):
                let count = try await store.transaction(in: scope, repeatable: true) { transaction in
                    var count = 0
                    for change in changes {
                        count += try await transaction.change(column.replace, (change.id, change.old, change.new))
                    }
                    return count
                }.value
                plan.wrote(count)
            case .done(let report): return report
            }
        }
    }
}

extension ResealingPlan.Report {
    fileprivate mutating func add(_ other: Self) {
        seen += other.seen
        resealed += other.resealed
        overtaken += other.overtaken
        unopenable += other.unopenable.prefix(100 - min(100, unopenable.count))
        unopenableCount += other.unopenableCount
    }
}
