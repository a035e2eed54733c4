import Basics
import COpenSSL

/// A private key in OpenSSL's memory, which zeroes it when the key is freed.
struct PrivateKey: ~Copyable {
    let pointer: OpaquePointer

    /// A new one on the curve P-256.
    init() throws(ParlorError) {
        guard let maker = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw .openSSL("cannot make a key") }
        defer { EVP_PKEY_CTX_free(maker) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(maker) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(maker, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(maker, &key) == 1, let key
        else { throw .openSSL("cannot make a key") }
        pointer = key
    }

    /// Reads PEM text without a passphrase, which stands in `file` if that is named.
    init(_ pem: Secret, from file: String? = nil) throws(ParlorError) {
        var hasPassphrase = false
        let key = PEM.read(pem.reveal()) { memory in
            withUnsafeMutablePointer(to: &hasPassphrase) { PEM_read_bio_PrivateKey(memory, nil, refusePassphrase, $0) }
        }
        ERR_clear_error()
        guard let key else { throw hasPassphrase ? Self.locked(file) : Self.unusable(file) }
        pointer = key
    }

    deinit { EVP_PKEY_free(pointer) }

    /// The key as PEM text.
    var pem: Secret {
        get throws(ParlorError) {
            let key = pointer
            return Secret(try PEM.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) == 1 })
        }
    }

    private static func locked(_ file: String?) -> ParlorError {
        ParlorError(
            .configuration, file.map { "the key in \($0) has a passphrase" } ?? "the private key has a passphrase",
            hint: "Store the key without a passphrase in a file that only its owner can read.")
    }

    private static func unusable(_ file: String?) -> ParlorError {
        let place = file ?? "the text"
        return ParlorError(
            .configuration, "\(place) holds no private key that can be used",
            hint: "Write the key in PEM form, which begins with -----BEGIN PRIVATE KEY-----.")
    }
}

/// Gives no passphrase, where OpenSSL would ask for one at the terminal, and notes in the `Bool` that one is wanted.
/// Which errors OpenSSL reports then depends on the form of the key.
private func refusePassphrase(
    _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, isWanted: UnsafeMutableRawPointer?
) -> Int32 {
    isWanted?.assumingMemoryBound(to: Bool.self).pointee = true
    return -1
}
