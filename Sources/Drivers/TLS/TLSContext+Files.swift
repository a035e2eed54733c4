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
        let text = Secret(try Files.readText(identity.keyFile))
        guard SSL_CTX_use_certificate_chain_file(handle, identity.chainFile) == 1 else {
            throw .openSSL(
                "\(identity.chainFile) holds no certificate that can be used",
                hint: "Write the certificate into the file in PEM form, and those between it and its authority behind.")
        }
        let key = try PrivateKey(text, from: identity.keyFile)
        guard SSL_CTX_use_PrivateKey(handle, key.pointer) == 1, SSL_CTX_check_private_key(handle) == 1 else {
            ERR_clear_error()
            throw ParlorError(
                .configuration,
                "the key in \(identity.keyFile) does not belong to the certificate in \(identity.chainFile)",
                hint: "Name the two files of one and the same certificate.")
        }
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
