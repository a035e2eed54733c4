public import Basics
import COpenSSL

extension TLSCertificate {
    /// Whether a key is the certificate's own. A text that holds no key at all is an error.
    public func belongs(to key: Secret) throws(ParlorError) -> Bool {
        let handle = try CertificateHandle(self)
        let own = try PrivateKey(key)
        defer { ERR_clear_error() }
        return X509_check_private_key(handle.pointer, own.pointer) == 1
    }

    /// Whether an authority has signed this very certificate, whatever the time is.
    public func isSigned(by authority: TLSCertificate) -> Bool {
        defer { ERR_clear_error() }
        guard let handle = try? CertificateHandle(self), let issuer = try? CertificateHandle(authority) else {
            return false
        }
        return X509_check_issued(issuer.pointer, handle.pointer) == X509_V_OK
            && X509_verify(handle.pointer, X509_get0_pubkey(issuer.pointer)) == 1
    }

    /// Whether the certificate names a host: a name, compared as clients compare it, or a numeric address.
    public func isFor(_ host: String) -> Bool {
        guard !host.isEmpty, let handle = try? CertificateHandle(self) else { return false }
        defer { ERR_clear_error() }
        if NumericAddress.bytes(of: host) != nil { return X509_check_ip_asc(handle.pointer, host, 0) == 1 }
        let rules = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
        return X509_check_host(handle.pointer, host, host.utf8.count, rules, nil) == 1
    }

    /// What somebody finds wrong with the certificate who trusts `authorities` and is shown the certificates `between`
    /// too; nil when nothing is wrong. Without a moment, dates do not matter. The host's name is another question.
    public func fault(
        trusting authorities: [TLSCertificate], through between: [TLSCertificate] = [], as usage: CertificateUsage,
        at moment: Timestamp?
    ) throws(ParlorError) -> TLSFault? {
        let handle = try CertificateHandle(self)
        let trusted = try CertificateStack()
        let shown = try CertificateStack()
        for authority in authorities { try trusted.append(authority) }
        for certificate in between { try shown.append(certificate) }
        guard let context = X509_STORE_CTX_new() else { throw .openSSL("cannot verify a certificate") }
        defer {
            X509_STORE_CTX_free(context)
            ERR_clear_error()
        }
        guard X509_STORE_CTX_init(context, nil, handle.pointer, shown.pointer) == 1,
            X509_STORE_CTX_set_default(context, usage == .server ? "ssl_server" : "ssl_client") == 1
        else { throw .openSSL("cannot verify a certificate") }
        X509_STORE_CTX_set0_trusted_stack(context, trusted.pointer)
        let rules = X509_STORE_CTX_get0_param(context)
        if let moment {
            X509_VERIFY_PARAM_set_time(rules, Int((moment - Timestamp(seconds: 0)).components.seconds))
        } else {
            X509_VERIFY_PARAM_set_flags(rules, UInt(X509_V_FLAG_NO_CHECK_TIME))
        }
        if X509_verify_cert(context) == 1 { return nil }
        return TLSFault(verdict: X509_STORE_CTX_get_error(context))
    }
}
