import Basics
import COpenSSL

/// OpenSSL's form of a certificate, freed with its last use.
struct CertificateHandle: ~Copyable {
    let pointer: OpaquePointer

    /// An empty one, to be filled in.
    init() throws(ParlorError) {
        guard let pointer = X509_new() else { throw .openSSL("cannot make a certificate") }
        self.pointer = pointer
    }

    /// Takes over what the caller has made.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// Reads the encoding that a `TLSCertificate` keeps.
    init(_ certificate: TLSCertificate) throws(ParlorError) {
        let pointer = certificate.encoded.withUnsafeBufferPointer { bytes in
            var place = bytes.baseAddress
            return d2i_X509(nil, &place, bytes.count)
        }
        guard let pointer else { throw .openSSL("a certificate cannot be read") }
        self.pointer = pointer
    }

    deinit { X509_free(pointer) }
}

/// A list of certificates as OpenSSL's functions take it; they must outlive it.
struct CertificateStack: ~Copyable {
    let pointer: OpaquePointer

    init() throws(ParlorError) {
        guard let pointer = OPENSSL_sk_new_null() else { throw .openSSL("cannot keep certificates") }
        self.pointer = pointer
    }

    deinit {
        while let certificate = OPENSSL_sk_pop(pointer) { X509_free(OpaquePointer(certificate)) }
        OPENSSL_sk_free(pointer)
    }

    /// Adds a copy.
    func append(_ certificate: TLSCertificate) throws(ParlorError) {
        let handle = try CertificateHandle(certificate)
        guard X509_up_ref(handle.pointer) == 1 else { throw .openSSL("cannot keep certificates") }
        guard OPENSSL_sk_push(pointer, UnsafeRawPointer(handle.pointer)) > 0 else {
            X509_free(handle.pointer)
            throw .openSSL("cannot keep certificates")
        }
    }
}

/// PEM text in OpenSSL's memory.
enum PEM {
    /// What `read` makes of the text, which stays where it is for as long as that takes.
    static func read<Result>(_ text: String, _ read: (OpaquePointer) throws -> Result?) rethrows -> Result? {
        var text = text
        return try text.withUTF8 { bytes in
            guard let memory = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(memory) }
            return try read(memory)
        }
    }

    /// The text that `write` produces; what OpenSSL and this function held of it is zeroed.
    static func text(_ write: (OpaquePointer) -> Bool) throws(ParlorError) -> String {
        guard let memory = BIO_new(BIO_s_mem()) else { throw .openSSL("cannot write PEM") }
        // OpenSSL zeroes a memory that it frees.
        defer { BIO_free(memory) }
        guard write(memory) else { throw .openSSL("cannot write PEM") }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        defer { bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        let count = BIO_read(memory, &bytes, Int32(bytes.count))
        guard count > 0, Int(count) < bytes.count else { throw .openSSL("cannot write PEM") }
        return String(decoding: bytes.prefix(Int(count)), as: UTF8.self)
    }
}
