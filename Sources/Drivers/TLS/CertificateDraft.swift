import Basics
import COpenSSL

/// A certificate that is being written, up to its signature.
struct CertificateDraft: ~Copyable {
    private let handle: CertificateHandle

    var pointer: OpaquePointer { handle.pointer }

    /// An empty one.
    init() throws(ParlorError) { handle = try CertificateHandle() }

    /// Says who the holder is, for how long, and which key is its own.
    borrowing func fill(
        commonName: String, validFrom: Timestamp, expires: Timestamp, _ key: borrowing PrivateKey
    ) throws(ParlorError) {
        // The third version, which counts from zero, is the one with extensions.
        guard X509_set_version(pointer, 2) == 1, X509_set_pubkey(pointer, key.pointer) == 1,
            X509_NAME_add_entry_by_NID(
                X509_get_subject_name(pointer), NID_commonName, MBSTRING_UTF8, commonName, -1, -1, 0) == 1,
            ASN1_TIME_set(X509_getm_notBefore(pointer), Self.seconds(validFrom)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(pointer), Self.seconds(expires)) != nil
        else { throw Self.failure("filling in") }
        try numberItself()
    }

    private static func seconds(_ moment: Timestamp) -> Int { Int((moment - Timestamp(seconds: 0)).components.seconds) }

    private borrowing func numberItself() throws(ParlorError) {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let number = BN_bin2bn(bytes, Int32(bytes.count), nil)
        defer { BN_free(number) }
        guard number != nil, BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil else {
            throw Self.failure("numbering")
        }
    }

    // MARK: - Extensions

    /// Adds an extension in OpenSSL's words.
    borrowing func add(_ kind: Int32, _ value: String, issuer: OpaquePointer? = nil) throws(ParlorError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer ?? pointer, pointer, nil, nil, 0)
        guard let part = X509V3_EXT_nconf_nid(nil, &context, kind, value) else { throw Self.failure("extending") }
        defer { X509_EXTENSION_free(part) }
        guard X509_add_ext(pointer, part, -1) == 1 else { throw Self.failure("extending") }
    }

    /// Says by which keys holder and issuer are known, so that verifiers can tell apart authorities of one name.
    borrowing func addKeyIdentifiers(issuer: OpaquePointer) throws(ParlorError) {
        try add(NID_subject_key_identifier, "hash")
        try add(NID_authority_key_identifier, "keyid:always", issuer: issuer)
    }

    /// Says what a leaf is for. The request has been checked, so that no name can mean more than itself.
    borrowing func addNames(of request: CertificateRequest) throws(ParlorError) {
        try add(NID_basic_constraints, "critical,CA:FALSE")
        try add(NID_key_usage, "critical,digitalSignature")
        let usages = CertificateUsage.allCases.filter(request.usages.contains).map(\.openSSLName)
        try add(NID_ext_key_usage, usages.joined(separator: ","))
        let names = request.hostNames.map { "DNS:\($0)" } + request.addresses.map { "IP:\($0)" }
        if !names.isEmpty { try add(NID_subject_alt_name, names.joined(separator: ",")) }
    }

    // MARK: - Signature

    /// The finished certificate.
    borrowing func signed(
        as issuer: OpaquePointer, by key: borrowing PrivateKey
    ) throws(ParlorError) -> TLSCertificate {
        guard X509_set_issuer_name(pointer, X509_get_subject_name(issuer)) == 1,
            X509_sign(pointer, key.pointer, EVP_sha256()) > 0
        else { throw Self.failure("signing") }
        return TLSCertificate(pointer)
    }

    private static func failure(_ what: String) -> ParlorError { .openSSL("\(what) a certificate failed") }
}

extension CertificateUsage {
    var openSSLName: String {
        switch self {
        case .server: "serverAuth"
        case .client: "clientAuth"
        }
    }
}
