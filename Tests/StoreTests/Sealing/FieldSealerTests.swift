import Basics
import Digests
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

@testable import Store

@Suite struct FieldSealerTests {
    private let tenant = SalonIdentifier(PostgresUUID(high: 1, low: 2))
    private let token = SealedField("salon", "access_token")

    @Test("Any text comes back for its tenant and column, and equal texts are sealed differently")
    func roundTrip() throws {
        var generator = SeededGenerator()
        let sealer = FieldSealer(try keyring(1, 2))
        for size in [0, 1, 15, 16, 17, 300, 5000] {
            let text = generator.text(size)
            let (first, second) = (sealer.seal(text, for: token, of: tenant), sealer.seal(text, for: token, of: tenant))
            #expect(first != second)
            #expect(first.bytes.count == text.utf8.count + 31)
            #expect(first.keyID == 2)
            #expect(try sealer.open(first, for: token, of: tenant) == text, generator.note)
            #expect(try sealer.open(second, for: token, of: tenant) == text, generator.note)
        }
    }

    @Test("With any one bit turned over anywhere a value does not open")
    func flippedBits() throws {
        let sealer = FieldSealer(try keyring(1, 2, 3))
        let sealed = sealer.seal("EAAG secret", for: token, of: tenant)
        for place in 0..<sealed.bytes.count * 8 {
            var bytes = sealed.bytes
            bytes[place / 8] ^= 1 << UInt8(place % 8)
            #expect(throws: SealingError.self) { try sealer.open(SealedText(bytes: bytes), for: token, of: tenant) }
        }
        for count in 0..<sealed.bytes.count {
            let short = SealedText(bytes: Array(sealed.bytes.prefix(count)))
            #expect(throws: SealingError.self) { try sealer.open(short, for: token, of: tenant) }
        }
    }

    @Test("A value that was copied to another tenant, column or table does not open")
    func copies() throws {
        let sealer = FieldSealer(try keyring(1))
        let sealed = sealer.seal("EAAG secret", for: token, of: tenant)
        let elsewhere = [
            (token, SalonIdentifier(PostgresUUID(high: 1, low: 3))),
            (token, SalonIdentifier(PostgresUUID(high: 2, low: 1))),
            (SealedField("salon", "notes"), tenant), (SealedField("customer", "access_token"), tenant),
            (SealedField("salo", "naccess_token"), tenant),
        ]
        for (field, tenant) in elsewhere {
            let error = #expect(throws: SealingError.self) { try sealer.open(sealed, for: field, of: tenant) }
            #expect(error?.kind == .notAuthentic)
        }
    }

    @Test("A value of random bytes never opens and never stops the program")
    func garbage() throws {
        var generator = SeededGenerator()
        let sealer = FieldSealer(try keyring(1, 0x0101))
        for _ in 0..<2000 {
            var bytes = generator.bytes(.random(in: 0...60, using: &generator))
            if bytes.count > 3, Bool.random(using: &generator) { bytes.replaceSubrange(0..<3, with: [1, 0, 1]) }
            #expect(throws: SealingError.self, generator.note) {
                try sealer.open(SealedText(bytes: bytes), for: token, of: tenant)
            }
        }
    }

    /// The expected bytes were computed by another implementation of HKDF and AES-GCM.
    @Test("The form on disk stays what it is")
    func form() throws {
        let sealer = FieldSealer(try keyring(1, 0x0203))
        let nonce = Array(UInt8(0)..<12)
        let sealed = sealer.seal(Array("EAAG".utf8), nonce: nonce, for: token, of: tenant)
        #expect(
            hexadecimal(sealed.bytes)
                == "010203" + "000102030405060708090a0b" + "9074e112" + "ed4e39418a34164c48ebdeb321c487c2")
    }

    @Test("Every key opens what it sealed, the newest seals, and an older one may go on doing so for a while")
    func rotation() throws {
        let old = FieldSealer(try keyring(1))
        let staged = FieldSealer(try keyring(1, 2, sealing: 1))
        let new = FieldSealer(try keyring(1, 2))
        let sealed = old.seal("text", for: token, of: tenant)
        #expect(staged.seal("text", for: token, of: tenant).keyID == 1)
        #expect(!old.needsResealing(sealed) && !staged.needsResealing(sealed) && new.needsResealing(sealed))
        let resealed = try new.reseal(sealed, for: token, of: tenant)
        #expect(resealed.keyID == 2 && !new.needsResealing(resealed))
        for sealer in [staged, new] { #expect(try sealer.open(resealed, for: token, of: tenant) == "text") }
        #expect(new.needsResealing(SealedText(bytes: [])))
    }

    @Test("A missing key, a foreign form and a changed secret are told apart, and say what to do")
    func errors() throws {
        let sealed = FieldSealer(try keyring(7)).seal("EAAG secret", for: token, of: tenant)
        let other = FieldSealer(try keyring(1, 2))
        let missing = #expect(throws: SealingError.self) { try other.open(sealed, for: token, of: tenant) }
        #expect(missing?.kind == .missingKey(7))
        #expect(
            missing?.description == """
                a value of salon.access_token cannot be opened: it was sealed with key 7, and the keyring holds 1, 2
                HINT: Give the keyring key 7 back until every value is sealed with a newer one.
                """)
        var newer = sealed.bytes
        newer[0] = 2
        let form = #expect(throws: SealingError.self) {
            try other.open(SealedText(bytes: newer), for: token, of: tenant)
        }
        #expect(form?.kind == .unknownForm)
        #expect(form?.description.hasPrefix("a sealed value cannot be read: its form has version 2\nHINT: ") == true)
        let changed = FieldSealer(try SealingKeyring([7: .generate()]))
        let secret = #expect(throws: SealingError.self) { try changed.open(sealed, for: token, of: tenant) }
        #expect(secret?.kind == .notAuthentic)
        for error in [missing, form, secret] {
            #expect(error?.debugDescription.contains("EAAG") == false)
        }
    }

    @Test("Sealed values travel to a bytea column and back, alone, in arrays and as NULL")
    func column() async throws {
        let sealer = FieldSealer(try keyring(1))
        try await withSession { [token, tenant] session, _ in
            try await session.execute("CREATE TABLE salon (id int, access_token bytea)")
            let sealed = sealer.seal("EAAG secret", for: token, of: tenant)
            try await session.query("INSERT INTO salon VALUES (1, $1), (2, $2)", sealed, nil as SealedText?)
            let rows = try await session.query("SELECT access_token FROM salon ORDER BY id")
            let stored: SealedText = try rows[0]["access_token"]
            #expect(try sealer.open(stored, for: token, of: tenant) == "EAAG secret")
            #expect(try rows[1]["access_token", as: SealedText?.self] == nil)
            let found = try await session.query("SELECT id FROM salon WHERE access_token = ANY($1)", [stored]).only
            #expect(try found["id", as: Int.self] == 1)
            let raw = try await session.query("SELECT encode(access_token, 'escape') AS text FROM salon WHERE id = 1")
            #expect(try !raw.only["text", as: String.self].contains("EAAG"))
        }
    }
}

/// A keyring with secrets that are the same in every run.
func keyring(_ ids: UInt16..., sealing: SealingKeyID? = nil) throws -> SealingKeyring {
    let secrets = ids.map { id in
        (SealingKeyID(id), Secret(Digest(.sha256, of: "secret \(id)".utf8).base64))
    }
    return try SealingKeyring(Dictionary(uniqueKeysWithValues: secrets), sealing: sealing)
}

extension SeededGenerator {
    /// Random bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in .random(in: .min ... .max, using: &self) }
    }

    /// A random text of some alphabets.
    mutating func text(_ count: Int) -> String {
        String((0..<count).map { _ in Array("aZ09 +@.-\u{0}äß\u{301}日🇩🇪👩‍🔧").randomElement(using: &self) ?? "a" })
    }
}
