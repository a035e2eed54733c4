import Basics
import COpenSSL

extension TLSContext {
    /// Believes the authorities in a file.
    func trust(_ path: String) throws(ParlorError) {
        _ = try Files.read(path)
        guard SSL_CTX_load_verify_file(handle, path) == 1 else {
            throw .openSSL(
                "\(path) holds no certificates of authorities",
                hint: "Write the certificates into the file in PEM form, which begins with -----BEGIN CERTIFICATE-----."
            )
        }
    }

    /// Shows the certificate of a file, and proves it with the key of another one.
    func use(_ identity: TLSIdentity) throws(ParlorError) {
        // For the plain words about a file that is missing or may not be read.
        _ = try Files.read(identity.chainFile)
        _ = try Files.read(identity.keyFile)
        guard SSL_CTX_use_certificate_chain_file(handle, identity.chainFile) == 1 else {
            throw .openSSL(
                "\(identity.chainFile) holds no certificate that can be used",
                hint: "Write the certificate into the file in PEM form, and those between it and its authority behind.")
        }
        guard SSL_CTX_use_PrivateKey_file(handle, identity.keyFile, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(handle) == 1
        else { throw Self.unusableKey(identity) }
    }

    private static func unusableKey(_ identity: TLSIdentity) -> ParlorError {
        let first = ERR_peek_error()
        let (library, reason) = (ERR_GET_LIB(first), ERR_GET_REASON(first))
        ERR_clear_error()
        if library == ERR_LIB_X509, reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH {
            return ParlorError(
                .configuration,
                "the key in \(identity.keyFile) does not belong to the certificate in "
                    + identity.chainFile, hint: "Name the two files of one and the same certificate.")
        }
        if library == ERR_LIB_PEM, reason == PEM_R_BAD_PASSWORD_READ || reason == PEM_R_PROBLEMS_GETTING_PASSWORD {
            return ParlorError(
                .configuration, "the key in \(identity.keyFile) has a passphrase",
                hint: "Store the key without a passphrase in a file that only its owner can read.")
        }
        return ParlorError(
            .configuration, "\(identity.keyFile) holds no private key that can be used",
            hint: "Write the key into the file in PEM form.")
    }
}

extension ParlorError {
    /// A call of OpenSSL that failed for the reason that it has noted.
    static func openSSL(
        _ what: String, hint: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> ParlorError {
        let words = ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) }
        ERR_clear_error()
        return ParlorError(.configuration, what, why: words, hint: hint, file: file, line: line)
    }
}
