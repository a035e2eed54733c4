import Digests
import TestSupport
import Testing

@Suite struct AESGCMTests {
    struct Vector: Sendable {
        var key: String
        var nonce: String
        var text = ""
        var associatedData = ""
        var sealed: String
    }

    /// The first examples with 256-bit keys of the specification of GCM, and of the files of NIST's validation program.
    static let vectors = [
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12),
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12),
            text: String(repeating: "00", count: 16),
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            text: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            associatedData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b"),
        Vector(
            key: "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
            nonce: "516c33929df5a3284ff463d7", sealed: "bdc1ac884d332457a1d2664f168c76f0"),
        Vector(
            key: "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
            nonce: "0d18e06c7c725ac9e362e1ce", text: "2db5168e932556f8089a0622981d017d",
            sealed: "fa4362189661d163fcd6a56d8bf0405ad636ac1bbedd5cc3ee727dc2ab4a9489"),
        Vector(
            key: "92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b",
            nonce: "ac93a1a6145299bde902f21a", text: "2d71bcfa914e4ac045b2aa60955fad24",
            associatedData: "1e0889016f67601c8ebea4943bc23ad6",
            sealed: "8995ae2e6df3dbf96fac7b7137bae67feca5aa77d51d4a0a14d9c51e1da474ab"),
    ]

    @Test("The examples of NIST are sealed and opened", arguments: vectors)
    func example(vector: Vector) throws {
        let cipher = try #require(AESGCM(key: bytes(vector.key)))
        let (nonce, data) = (bytes(vector.nonce), bytes(vector.associatedData))
        let sealed = cipher.seal(bytes(vector.text), nonce: nonce, associatedData: data)
        #expect(sealed == bytes(vector.sealed))
        #expect(cipher.open(sealed, nonce: nonce, associatedData: data) == bytes(vector.text))
    }

    @Test("Whatever is sealed opens, and with any one bit turned over anywhere it does not")
    func flippedBits() throws {
        var generator = SeededGenerator()
        for size in [0, 1, 15, 16, 17, 100] {
            let key = random(32, &generator)
            let cipher = try #require(AESGCM(key: key))
            let (nonce, data) = (random(12, &generator), random(size % 40, &generator))
            let text = random(size, &generator)
            let sealed = cipher.seal(text, nonce: nonce, associatedData: data)
            #expect(sealed.count == size + AESGCM.tagSize)
            #expect(cipher.open(sealed, nonce: nonce, associatedData: data) == text, generator.note)
            for changed in flips(sealed) {
                #expect(cipher.open(changed, nonce: nonce, associatedData: data) == nil, generator.note)
            }
            for changed in flips(nonce) {
                #expect(cipher.open(sealed, nonce: changed, associatedData: data) == nil, generator.note)
            }
            for changed in flips(data) {
                #expect(cipher.open(sealed, nonce: nonce, associatedData: changed) == nil, generator.note)
            }
            for changed in flips(key) {
                #expect(AESGCM(key: changed)?.open(sealed, nonce: nonce, associatedData: data) == nil, generator.note)
            }
        }
    }

    @Test("What is cut short or continued does not open")
    func lengths() throws {
        var generator = SeededGenerator()
        let cipher = try #require(AESGCM(key: random(32, &generator)))
        let nonce = random(12, &generator)
        let sealed = cipher.seal(random(40, &generator), nonce: nonce)
        for count in 0..<sealed.count { #expect(cipher.open(sealed.prefix(count), nonce: nonce) == nil) }
        #expect(cipher.open(sealed + [0], nonce: nonce) == nil)
        #expect(cipher.open(sealed.dropFirst(), nonce: nonce) == nil)
    }

    @Test("A key of another length is none", arguments: [0, 16, 24, 31, 33, 64])
    func keySizes(size: Int) {
        #expect(AESGCM(key: [UInt8](repeating: 7, count: size)) == nil)
    }

    private func bytes(_ digits: String) -> [UInt8] { Digest(hexadecimal: digits)?.bytes ?? [] }

    private func random(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in .random(in: .min ... .max, using: &generator) }
    }

    private func flips(_ bytes: [UInt8]) -> [[UInt8]] {
        (0..<bytes.count * 8).map { place in
            var changed = bytes
            changed[place / 8] ^= 1 << UInt8(place % 8)
            return changed
        }
    }
}
