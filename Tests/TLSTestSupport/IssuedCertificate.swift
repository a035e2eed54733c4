import Basics
import COpenSSL

/// What a certificate shall say.
struct CertificateRequest {
    var commonName: String
    var isAuthority: Bool
    var alternativeNames: [String]
    var usage: String?
    /// Seconds from now.
    var period = (from: -3600, until: 3600)

    /// The extensions in OpenSSL's words.
    var extensions: [(number: Int32, value: String)] {
        guard !isAuthority else {
            return [(NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign")]
        }
        var list: [(number: Int32, value: String)] = [(NID_basic_constraints, "CA:FALSE")]
        if let usage { list.append((NID_ext_key_usage, usage)) }
        let names = alternativeNames.map { Self.isNumeric($0) ? "IP:\($0)" : "DNS:\($0)" }
        if !names.isEmpty { list.append((NID_subject_alt_name, names.joined(separator: ","))) }
        return list
    }

    private static func isNumeric(_ name: String) -> Bool {
        name.contains(":") || name.split(separator: ".").allSatisfy { UInt8($0) != nil }
    }
}

/// A certificate and its key, both as PEM text.
struct IssuedCertificate: Sendable {
    let certificate: String
    let key: String

    /// Issues what is asked for; without a signer it signs itself.
    init(_ request: CertificateRequest, signedBy signer: IssuedCertificate?) throws {
        let own = try Self.newKey()
        defer { EVP_PKEY_free(own) }
        guard let handle = X509_new() else { throw Self.failure("X509_new") }
        defer { X509_free(handle) }
        try Self.fill(handle, request, own)
        if let signer {
            let issuer = try Self.read(signer.certificate, { PEM_read_bio_X509($0, nil, nil, nil) })
            defer { X509_free(issuer) }
            let key = try Self.read(signer.key, { PEM_read_bio_PrivateKey($0, nil, nil, nil) })
            defer { EVP_PKEY_free(key) }
            try Self.finish(handle, request, issuer: issuer, key: key)
        } else {
            try Self.finish(handle, request, issuer: handle, key: own)
        }
        certificate = try Self.text { PEM_write_bio_X509($0, handle) }
        key = try Self.text { PEM_write_bio_PrivateKey($0, own, nil, nil, 0, nil, nil) }
    }

    private static func fill(_ handle: OpaquePointer, _ request: CertificateRequest, _ own: OpaquePointer) throws {
        let name = X509_get_subject_name(handle)
        guard X509_set_version(handle, 2) == 1,
            ASN1_INTEGER_set_int64(X509_get_serialNumber(handle), .random(in: 1 ... .max)) == 1,
            X509_gmtime_adj(X509_getm_notBefore(handle), request.period.from) != nil,
            X509_gmtime_adj(X509_getm_notAfter(handle), request.period.until) != nil,
            X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, request.commonName, -1, -1, 0) == 1,
            X509_set_pubkey(handle, own) == 1
        else { throw failure("filling in a certificate") }
    }

    private static func finish(
        _ handle: OpaquePointer, _ request: CertificateRequest, issuer: OpaquePointer, key: OpaquePointer
    ) throws {
        guard X509_set_issuer_name(handle, X509_get_subject_name(issuer)) == 1 else { throw failure("issuing") }
        for (number, value) in request.extensions {
            guard let part = X509V3_EXT_conf_nid(nil, nil, number, value) else { throw failure(value) }
            defer { X509_EXTENSION_free(part) }
            guard X509_add_ext(handle, part, -1) == 1 else { throw failure(value) }
        }
        guard X509_sign(handle, key, EVP_sha256()) > 0 else { throw failure("signing") }
    }

    private static func newKey() throws -> OpaquePointer {
        let maker = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(maker) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(maker) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(maker, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(maker, &key) == 1, let key
        else { throw failure("making a key") }
        return key
    }

    private static func read(_ text: String, _ body: (OpaquePointer?) -> OpaquePointer?) throws -> OpaquePointer {
        // OpenSSL reads from where the bytes lie, so they must stay there for as long as it does.
        let object = Array(text.utf8).withUnsafeBytes { bytes in
            let memory = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
            defer { BIO_free(memory) }
            return body(memory)
        }
        guard let object else { throw failure("reading PEM") }
        return object
    }

    private static func text(_ body: (OpaquePointer?) -> Int32) throws -> String {
        let memory = BIO_new(BIO_s_mem())
        defer { BIO_free(memory) }
        guard body(memory) == 1 else { throw failure("writing PEM") }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = BIO_read(memory, &bytes, Int32(bytes.count))
        guard count > 0 else { throw failure("writing PEM") }
        return String(decoding: bytes.prefix(Int(count)), as: UTF8.self)
    }

    private static func failure(_ what: String) -> ParlorError {
        let words = ERR_reason_error_string(ERR_get_error()).map { String(cString: $0) }
        return ParlorError(.unexpected, "OpenSSL failed at \(what)", why: words)
    }
}
