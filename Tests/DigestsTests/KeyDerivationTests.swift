import Digests
import Testing

@Suite struct KeyDerivationTests {
    struct Vector: Sendable {
        var secret: [UInt8]
        var salt: [UInt8] = []
        var purpose: [UInt8] = []
        var expected: String
    }

    static let vectors = [
        Vector(
            secret: [UInt8](repeating: 0x0b, count: 22), salt: Array(0...0x0c), purpose: Array(0xf0...0xf9),
            expected: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
        Vector(
            secret: Array(0...0x4f), salt: Array(0x60...0xaf), purpose: Array(0xb0...0xff),
            expected: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
        Vector(
            secret: [UInt8](repeating: 0x0b, count: 22),
            expected: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
    ]

    @Test("The examples of RFC 5869 are derived", arguments: vectors)
    func examples(vector: Vector) {
        let derivation = KeyDerivation(secret: vector.secret, salt: vector.salt)
        let key = derivation.key(for: vector.purpose, size: vector.expected.utf8.count / 2)
        #expect(Digest(key).hexadecimal == vector.expected)
    }

    @Test("Each purpose, secret and salt has a key of its own")
    func purposes() {
        let derivation = KeyDerivation(secret: [1], salt: [2])
        let keys = [
            derivation.key(for: "a".utf8), derivation.key(for: "b".utf8),
            KeyDerivation(secret: [2], salt: [2]).key(for: "a".utf8),
            KeyDerivation(secret: [1], salt: [1]).key(for: "a".utf8),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.count == 32 })
    }
}
