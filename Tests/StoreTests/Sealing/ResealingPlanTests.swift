import Postgres
import TestSupport
import Testing

@testable import Store

@Suite struct ResealingPlanTests {
    private let field = SealedField("customer", "notes")

    private func row(_ number: UInt64, _ sealer: FieldSealer) -> ResealingPlan.Row {
        let tenant = SalonIdentifier(PostgresUUID(high: 9, low: number % 3))
        return .init(
            id: PostgresUUID(high: 0, low: number), tenant: tenant,
            sealed: sealer.seal("note \(number)", for: field, of: tenant))
    }

    /// Carries a plan out on rows in memory; `interfere` may change them between a read and its write.
    private func carryOut(
        _ plan: inout ResealingPlan, on rows: inout [PostgresUUID: ResealingPlan.Row],
        interfere: (inout [PostgresUUID: ResealingPlan.Row]) -> Void = { _ in }
    ) -> ResealingPlan.Report {
        while true {
            switch plan.step {
            case .read(let after, let limit):
                let behind = rows.values.filter { row in after.map { row.id > $0 } ?? true }
                plan.read(Array(behind.sorted { $0.id < $1.id }.prefix(limit)))
            case .write(let changes):
                interfere(&rows)
                var count = 0
                for change in changes where rows[change.id]?.sealed == change.old {
                    rows[change.id]?.sealed = change.new
                    count += 1
                }
                plan.wrote(count)
            case .done(let report): return report
            }
        }
    }

    @Test("Whatever the batches and keys, every value ends with the new key and its text, and a second pass proves it")
    func anything() throws {
        var generator = SeededGenerator()
        let sealers = [FieldSealer(try keyring(1)), FieldSealer(try keyring(1, 2))]
        let new = FieldSealer(try keyring(1, 2, 3))
        for _ in 0..<50 {
            let count = UInt64.random(in: 0...40, using: &generator)
            let all = (0..<count).map { row($0, (sealers + [new]).randomElement(using: &generator) ?? new) }
            var rows = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
            let batchSize = Int.random(in: 1...12, using: &generator)
            var plan = ResealingPlan(field, with: new, batchSize: batchSize)
            let report = carryOut(&plan, on: &rows)
            #expect(report.seen == Int(count), generator.note)
            #expect(report.resealed == all.count { $0.sealed.keyID != 3 }, generator.note)
            for row in rows.values {
                #expect(row.sealed.keyID == 3, generator.note)
                #expect(try new.open(row.sealed, for: field, of: row.tenant) == "note \(row.id.low)", generator.note)
            }
            var again = ResealingPlan(field, with: new, batchSize: batchSize)
            #expect(carryOut(&again, on: &rows).provesCompletion, generator.note)
        }
    }

    @Test("What somebody writes or deletes meanwhile is left alone, and the pass proves nothing")
    func overtaken() throws {
        let (old, new) = (FieldSealer(try keyring(1)), FieldSealer(try keyring(1, 2)))
        var rows = Dictionary(uniqueKeysWithValues: (0..<4).map { row($0, old) }.map { ($0.id, $0) })
        let newer = row(2, new)
        var plan = ResealingPlan(field, with: new)
        let report = carryOut(&plan, on: &rows) { rows in
            rows[newer.id] = newer
            rows[PostgresUUID(high: 0, low: 3)] = nil
        }
        #expect(rows[newer.id]?.sealed == newer.sealed && rows.count == 3)
        #expect(report.resealed == 2 && report.overtaken == 2 && !report.provesCompletion)
    }

    @Test("A value that does not open is named and stays, and the others go on")
    func unopenable() throws {
        let (lost, new) = (FieldSealer(try keyring(7)), FieldSealer(try keyring(1, 2)))
        let all = [row(0, lost), row(1, FieldSealer(try keyring(1))), row(2, new)]
        var rows = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
        var plan = ResealingPlan(field, with: new, batchSize: 1)
        let report = carryOut(&plan, on: &rows)
        #expect(report.unopenable == [all[0].id] && report.unopenableCount == 1 && report.resealed == 1)
        #expect(rows[all[0].id] == all[0] && !report.provesCompletion)
    }

    @Test("A pass that begins in the middle sees what is behind, and proves nothing")
    func resumed() throws {
        let new = FieldSealer(try keyring(1))
        var rows = Dictionary(uniqueKeysWithValues: (0..<6).map { row($0, new) }.map { ($0.id, $0) })
        var plan = ResealingPlan(field, with: new, after: PostgresUUID(high: 0, low: 3))
        let report = carryOut(&plan, on: &rows)
        #expect(report.seen == 2 && !report.provesCompletion)
    }
}
