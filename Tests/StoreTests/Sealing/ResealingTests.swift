import Basics
import Loop
import Postgres
import Testing

@testable import Store

@Suite("Sealing a column anew") struct ResealingTests {
    private static let add = Statement(
        "customer_add", .writes,
        "INSERT INTO customers (salon_id, phone_number, notes) VALUES (current_salon(), $1, $2)", takes: String.self,
        SealedText.self, gives: .none)

    @Test("Every salon's values get the newest key, are named when they do not open, and a second pass proves it")
    func notes() async throws {
        try await withStore { store, ada, eve, superuser in
            let old = FieldSealer(try keyring(1))
            let new = FieldSealer(try keyring(1, 2))
            let column = SealedColumn.customerNotes
            for scope in [ada, eve] {
                for number in 0..<7 {
                    let sealed = old.seal("note \(number)", for: column.field, of: scope.salon)
                    try await store.write(Self.add, ("+\(number)", sealed), in: scope)
                }
            }
            let resealing = Resealing(store, with: new, batchSize: 3)
            let first = try await resealing.run(column)
            #expect(first.seen == 14 && first.resealed == 14 && first.overtaken == 0)
            let again = try await resealing.run(column)
            #expect(again.provesCompletion && again.seen == 14)
            for scope in [ada, eve] {
                let rows = try await store.read(column.values, (nil, 100), in: scope)
                #expect(rows.count == 7 && rows.allSatisfy { $0.sealed.keyID == 2 })
                let texts = try rows.map { try new.open($0.sealed, for: column.field, of: scope.salon) }
                #expect(Set(texts) == Set((0..<7).map { "note \($0)" }))
            }
            // A value that was copied from one salon to the other.
            try await superuser.query(
                """
                UPDATE customers SET notes = (SELECT notes FROM customers WHERE salon_id = $1 AND phone_number = '+1')
                WHERE salon_id = $2 AND phone_number = '+1'
                """, ada.salon.value, eve.salon.value)
            let newest = try await Resealing(store, with: FieldSealer(try keyring(2, 3))).run(column)
            #expect(newest.resealed == 13 && newest.unopenableCount == 1 && !newest.provesCompletion)
        }
    }

    @Test("The other sealed columns are gone over in the same way")
    func others() async throws {
        try await withStore { store, ada, _, superuser in
            let (old, new) = (FieldSealer(try keyring(1)), FieldSealer(try keyring(1, 2)))
            try await superuser.query(
                "UPDATE salons SET access_token = $1 WHERE id = $2",
                old.seal("EAAG", for: SealedColumn.accessToken.field, of: ada.salon), ada.salon.value)
            try await superuser.query(
                """
                INSERT INTO bookings (salon_id, booking_code, service, start_ts, end_ts, local_start, timezone, notes)
                VALUES ($1, 'ABCDEF', 'Cut', now(), now() + interval '1 hour', now(), 'UTC', $2)
                """, ada.salon.value, old.seal("left-handed", for: SealedColumn.bookingNotes.field, of: ada.salon))
            for column in [SealedColumn.accessToken, .bookingNotes] {
                #expect(try await Resealing(store, with: new).run(column).resealed == 1)
                #expect(try await Resealing(store, with: new).run(column).provesCompletion)
            }
        }
    }
}
