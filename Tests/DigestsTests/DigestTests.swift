import Digests
import Testing

@Suite struct DigestTests {
    @Test(
        "The digests of the standards' own examples are right",
        arguments: [
            (DigestAlgorithm.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                .sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
            (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ])
    func standards(algorithm: DigestAlgorithm, text: String, expected: String) {
        #expect(Digest(algorithm, of: text.utf8).hexadecimal == expected)
    }

    @Test(
        "Keyed digests are those of RFC 4231",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ])
    func keyed(key: [UInt8], text: String, expected: String) {
        #expect(Digest(of: text.utf8, key: key).hexadecimal == expected)
    }

    @Test("Pieces give the digest of the whole, and a finished digest begins anew")
    func pieces() {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
        let hasher = StreamingDigest(.sha256)
        for _ in 0..<2 {
            for start in stride(from: 0, to: bytes.count, by: 333) { hasher.update(bytes[start...].prefix(333)) }
            #expect(hasher.finish() == Digest(.sha256, of: bytes))
        }
    }

    @Test("Hexadecimal digits are read back, and nothing else is")
    func hexadecimal() {
        let digest = Digest(.md5, of: "a".utf8)
        #expect(Digest(hexadecimal: digest.hexadecimal) == digest)
        #expect(Digest(hexadecimal: digest.hexadecimal.uppercased()) == digest)
        for text in ["", "0", "0g", "é0"] { #expect(Digest(hexadecimal: text) == nil) }
        #expect(digest != Digest(.md5, of: "b".utf8))
    }

    @Test(
        "Base64 is that of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ]
    )
    func base64(text: String, expected: String) { #expect(Base64.text(Array(text.utf8)) == expected) }
}
