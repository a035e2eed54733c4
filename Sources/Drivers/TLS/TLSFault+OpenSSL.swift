import COpenSSL

extension TLSFault {
    /// What OpenSSL's failed handshake means: the verdict on the other end's certificate first, then its own reason.
    init(ofHandshake ssl: OpaquePointer, reason: Int32) {
        let verdict = Int32(SSL_get_verify_result(ssl))
        if reason == SSL_R_CERTIFICATE_VERIFY_FAILED, verdict != X509_V_OK {
            self = TLSFault(verdict: verdict)
        } else {
            self = TLSFault.byReason[reason] ?? TLSFault(afterHandshake: reason)
        }
    }

    /// What OpenSSL's reason means on a connection that was secure already.
    init(afterHandshake reason: Int32) {
        let alert = reason - SSL_AD_REASON_OFFSET
        guard (0...255).contains(alert) else {
            self = .corrupted
            return
        }
        self = .refused(TLSFault.alertWords(alert))
    }

    private static func alertWords(_ alert: Int32) -> String {
        switch alert {
        // OpenSSL 3.0 has no words for these.
        case TLS13_AD_MISSING_EXTENSION: "missing extension"
        case TLS13_AD_CERTIFICATE_REQUIRED: "certificate required"
        default: SSL_alert_desc_string_long(alert).map { String(cString: $0) } ?? "alert \(alert)"
        }
    }

    /// What OpenSSL's verdict on a certificate means.
    init(verdict: Int32) {
        switch verdict {
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: self = .wrongName
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            self = .unknownAuthority
        default:
            let words = X509_verify_cert_error_string(Int(verdict)).map { String(cString: $0) } ?? "error \(verdict)"
            self = .unusableCertificate(words)
        }
    }

    private static let byReason: [Int32: TLSFault] = [
        SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .noClientCertificate,
        SSL_R_NO_SHARED_CIPHER: .noCommonProtocol,
        SSL_R_NO_PROTOCOLS_AVAILABLE: .noCommonProtocol,
        SSL_R_UNSUPPORTED_PROTOCOL: .noCommonProtocol,
        SSL_R_VERSION_TOO_LOW: .noCommonProtocol,
        SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: .noCommonProtocol,
        SSL_R_NO_APPLICATION_PROTOCOL: .noCommonApplicationProtocol,
        SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: .noCommonApplicationProtocol,
        SSL_R_WRONG_VERSION_NUMBER: .notTLS,
        SSL_R_HTTP_REQUEST: .notTLS,
        SSL_R_HTTPS_PROXY_REQUEST: .notTLS,
    ]
}

/// OpenSSL's reason for the first error that this thread has collected, and none of it left; 0 when there is none.
///
/// Must be read before the thread does anything else, because the list belongs to the thread.
func takeOpenSSLReason() -> Int32 {
    let first = ERR_peek_error()
    ERR_clear_error()
    return ERR_GET_REASON(first)
}
