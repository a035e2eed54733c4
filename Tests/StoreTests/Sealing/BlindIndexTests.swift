import Basics
import Digests
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

@testable import Store

@Suite struct BlindIndexTests {
    private let tenant = SalonIdentifier(PostgresUUID(high: 1, low: 2))
    private let phone = SealedField("customer", "phone")

    static let forms: [(form: BlindIndexForm, text: String, expected: String?)] = [
        (.phone, "+49 (30) 901820", "4930901820"), (.phone, "0049 30 901820", "4930901820"),
        (.phone, "٤٩٣٠٩٠١٨٢٠", "4930901820"), (.phone, "½ + ⑫", nil), (.phone, "unknown", nil),
        (.email, "  Ada@Example.ORG\n", "ada@example.org"), (.email, " \t", nil), (.exact, "", nil),
        (.exact, " A ", " A "), (.custom { String($0.reversed()) }, "abc", "cba"), (.custom { _ in "" }, "abc", nil),
    ]

    @Test("Texts that mean the same are made alike", arguments: forms)
    func alike(form: BlindIndexForm, text: String, expected: String?) {
        #expect(form.normalized(text) == expected)
    }

    @Test("The normal form of a normal form is the same")
    func idempotence() {
        var generator = SeededGenerator()
        for _ in 0..<500 {
            let text = generator.text(.random(in: 0...20, using: &generator))
            for form in [BlindIndexForm.exact, .email] {
                let once = form.normalized(text)
                #expect(once.flatMap(form.normalized) == once, generator.note)
            }
        }
    }

    @Test("Equal texts of one tenant's column have equal entries, and nothing else has")
    func equality() throws {
        let keyring = try keyring(1)
        let index = BlindIndex(phone, .phone, with: keyring)
        let entry = try #require(index.entry(for: "+49 30 901820", of: tenant))
        #expect(entry.bytes.count == 16)
        #expect(index.entry(for: "0049-30-901820", of: tenant) == entry)
        #expect(index.entry(for: "+49 30 901821", of: tenant) != entry)
        #expect(index.entry(for: "+49 30 901820", of: SalonIdentifier(PostgresUUID(high: 1, low: 3))) != entry)
        let others = [
            BlindIndex(SealedField("customer", "mobile"), .phone, with: keyring),
            BlindIndex(phone, .phone, with: try SealingKeyring([1: .generate()])),
        ]
        for other in others { #expect(other.entry(for: "4930901820", of: tenant) != entry) }
        #expect(index.entry(for: "none", of: tenant) == nil && index.candidates(for: "none", of: tenant).isEmpty)
    }

    @Test("An entry is the first half of the HMAC that anybody with the key can compute")
    func construction() throws {
        let secret = Digest(.sha256, of: "secret 1".utf8).base64
        let key = KeyDerivation(secret: Array(secret.utf8), salt: Array("parlor.sealing".utf8))
            .key(for: "index/hmac-sha-256/1".utf8)
        var message: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]
        message += Array("customer\u{0}phone\u{0}4930901820".utf8)
        let index = BlindIndex(phone, .phone, with: try keyring(1))
        let expected = Array(Digest(of: message, key: key).bytes.prefix(16))
        #expect(index.entry(for: "+4930901820", of: tenant)?.bytes == expected)
    }

    @Test("During a rotation rows are found by the entries of the old key and of the new one")
    func rotation() async throws {
        let old = BlindIndex(phone, .phone, with: try keyring(1))
        let new = BlindIndex(phone, .phone, with: try keyring(1, 2))
        try await withSession { [tenant] session, _ in
            try await session.execute("CREATE TABLE customer (name text, phone_index bytea)")
            try await session.query(
                "INSERT INTO customer VALUES ('before', $1), ('after', $2), ('nobody', $3)",
                old.entry(for: "+1 555 1", of: tenant), new.entry(for: "+1 555 1", of: tenant),
                new.entry(for: "", of: tenant))
            let rows = try await session.query(
                "SELECT name FROM customer WHERE phone_index = ANY($1) ORDER BY name",
                new.candidates(for: "15551", of: tenant))
            #expect(try rows.map { try $0["name", as: String.self] } == ["after", "before"])
            let read = try await session.query("SELECT phone_index FROM customer WHERE name = 'after'").only
            #expect(try read["phone_index"] == new.entry(for: "15551", of: tenant))
        }
    }
}
