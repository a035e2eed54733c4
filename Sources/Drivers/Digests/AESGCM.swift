import CCrypto

/// Encrypts with AES-256 in Galois/Counter Mode (NIST SP 800-38D): whatever anybody changes does not open any more.
///
/// A nonce must never be used twice with one key, or both texts are given away. With random nonces of 96 bits one key
/// seals at most 2³² texts.
///
/// On failure: a text that was changed opens as nil; OpenSSL refuses anything else only when memory is gone or when the
/// administrator has forbidden the algorithm, which stops the program. The key is overwritten when the last copy of the
/// value goes; the array that it came in is its maker's.
package struct AESGCM: Sendable {
    /// How many bytes a key has.
    package static let keySize = 32
    /// How many bytes a nonce has.
    package static let nonceSize = 12
    /// How many bytes the tag has that stands behind a sealed text.
    package static let tagSize = 16

    private let key: KeyMemory

    /// A cipher with a key; nil when that has not 32 bytes.
    package init?(key: [UInt8]) {
        guard key.count == Self.keySize else { return nil }
        self.key = KeyMemory(key)
    }

    /// The text encrypted, with the tag behind it, which also stands for `associatedData`.
    package func seal(_ text: [UInt8], nonce: [UInt8], associatedData: [UInt8] = []) -> [UInt8] {
        precondition(nonce.count == Self.nonceSize, "a nonce has \(Self.nonceSize) bytes")
        let context = CipherContext(key, nonce, .seal)
        context.authenticate(associatedData)
        var sealed = context.update(text[...], room: Self.tagSize)
        precondition(context.finish(), "OpenSSL refused to seal")
        sealed += context.tag
        return sealed
    }

    /// The text that was sealed; nil when it, the nonce, the associated data or the key is another one.
    package func open(
        _ sealed: some RandomAccessCollection<UInt8>, nonce: [UInt8], associatedData: [UInt8] = []
    ) -> [UInt8]? {
        precondition(nonce.count == Self.nonceSize, "a nonce has \(Self.nonceSize) bytes")
        guard sealed.count >= Self.tagSize else { return nil }
        let context = CipherContext(key, nonce, .open)
        context.authenticate(associatedData)
        let text = context.update(Array(sealed.dropLast(Self.tagSize))[...])
        context.expect(tag: Array(sealed.suffix(Self.tagSize)))
        return context.finish() ? text : nil
    }
}

/// One sealing or opening by OpenSSL, which overwrites its copy of the key at the end.
private struct CipherContext: ~Copyable {
    enum Direction: Int32 { case open = 0, seal = 1 }

    private let context: OpaquePointer

    init(_ key: KeyMemory, _ nonce: [UInt8], _ direction: Direction) {
        guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("there is no memory for a cipher") }
        let status = key.withBytes { EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, $0, nonce, direction.rawValue) }
        precondition(status == 1, "OpenSSL does not provide AES-256-GCM")
        self.context = context
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    func authenticate(_ data: [UInt8]) {
        guard !data.isEmpty else { return }
        var count: Int32 = 0
        let status = EVP_CipherUpdate(context, nil, &count, data, Self.length(data.count))
        precondition(status == 1, "OpenSSL refused associated data")
    }

    /// What becomes of `text`, in an array with room for as many bytes more.
    func update(_ text: ArraySlice<UInt8>, room: Int = 0) -> [UInt8] {
        guard !text.isEmpty else { return [] }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + room)
        result.append(contentsOf: repeatElement(0, count: text.count))
        var count: Int32 = 0
        let status = text.withUnsafeBufferPointer {
            EVP_CipherUpdate(context, &result, &count, $0.baseAddress, Self.length($0.count))
        }
        precondition(status == 1 && Int(count) == text.count, "OpenSSL refused to encrypt")
        return result
    }

    var tag: [UInt8] {
        var tag = [UInt8](repeating: 0, count: AESGCM.tagSize)
        let status = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(AESGCM.tagSize), &tag)
        precondition(status == 1, "OpenSSL refused the tag")
        return tag
    }

    func expect(tag: [UInt8]) {
        var tag = tag
        let status = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag)
        precondition(status == 1, "OpenSSL refused the tag")
    }

    /// Whether the tag is right; sealing always is. OpenSSL compares in a time that does not tell where they differ.
    func finish() -> Bool {
        var count: Int32 = 0
        var none: UInt8 = 0
        return EVP_CipherFinal_ex(context, &none, &count) == 1
    }

    private static func length(_ count: Int) -> Int32 {
        guard let length = Int32(exactly: count) else { preconditionFailure("a text to seal is at most 2 GB") }
        return length
    }
}
