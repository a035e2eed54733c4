import Basics
import COpenSSL

/// What connections of one kind have in common: OpenSSL's `SSL_CTX`.
///
/// It never changes once it is made, so connections on all loops share it; one that began with it keeps it to the end.
final class TLSContext: @unchecked Sendable {
    // Guard of @unchecked Sendable: complete before anybody else sees it; OpenSSL locks what it counts and caches.
    let handle: OpaquePointer
    let allowsTruncation: Bool
    private let protocols: UnsafeBufferPointer<UInt8>

    private init(_ method: OpaquePointer?, protocols: [String], allowsTruncation: Bool) throws(ParlorError) {
        let list = try Self.encoded(protocols)
        guard let handle = SSL_CTX_new(method) else { throw .openSSL("cannot prepare TLS") }
        self.handle = handle
        self.allowsTruncation = allowsTruncation
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: list.count)
        _ = copy.initialize(from: list)
        self.protocols = UnsafeBufferPointer(copy)
        try restrict()
    }

    deinit {
        SSL_CTX_free(handle)
        protocols.deallocate()
    }

    /// The form in which protocols travel: each with its length before it.
    private static func encoded(_ protocols: [String]) throws(ParlorError) -> [UInt8] {
        var list: [UInt8] = []
        for name in protocols {
            guard let length = UInt8(exactly: name.utf8.count), length > 0 else {
                throw ParlorError(.configuration, "an application protocol has a name of 1 to 255 bytes")
            }
            list.append(length)
            list += name.utf8
        }
        return list
    }

    /// TLS 1.2 and 1.3, forward secrecy, no renegotiation, no compression; idle connections hold no buffers.
    private func restrict() throws(ParlorError) {
        guard parlor_tls_set_minimum_version(handle, TLS1_2_VERSION) == 1,
            SSL_CTX_set_cipher_list(handle, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1
        else { throw .openSSL("cannot prepare TLS") }
        parlor_tls_restrict(handle)
        // OpenSSL would otherwise ask at the terminal, for a certificate too.
        SSL_CTX_set_default_passwd_cb(handle) { _, _, _, _ in -1 }
    }

    // MARK: - Clients

    static func client(_ options: TLSClientOptions) throws(ParlorError) -> TLSContext {
        let context = try TLSContext(
            TLS_client_method(), protocols: options.applicationProtocols, allowsTruncation: options.allowsTruncation)
        SSL_CTX_set_verify(context.handle, SSL_VERIFY_PEER, nil)
        switch options.authorities {
        case .system:
            guard SSL_CTX_set_default_verify_paths(context.handle) == 1 else { throw .openSSL("cannot prepare TLS") }
        case .file(let path): try context.trust(path)
        }
        if let identity = options.identity { try context.use(identity) }
        let list = context.protocols
        if !list.isEmpty { SSL_CTX_set_alpn_protos(context.handle, list.baseAddress, UInt32(list.count)) }
        return context
    }

    // MARK: - Servers

    static func server(_ options: TLSServerOptions) throws(ParlorError) -> TLSContext {
        let context = try TLSContext(
            TLS_server_method(), protocols: options.applicationProtocols, allowsTruncation: options.allowsTruncation)
        try context.use(options.identity)
        if let authorities = options.clientAuthorities { try context.demandCertificates(of: authorities) }
        if !context.protocols.isEmpty { context.choosesProtocol() }
        return context
    }

    private func demandCertificates(of authorities: String) throws(ParlorError) {
        try trust(authorities)
        SSL_CTX_set_client_CA_list(handle, SSL_load_client_CA_file(authorities))
        SSL_CTX_set_verify(handle, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        // A client that comes back may skip showing its certificate only where it has been shown before.
        SSL_CTX_set_session_id_context(handle, "parlor", 6)
    }

    /// Takes the first of the server's protocols that the client offers too, or refuses the client.
    private func choosesProtocol() {
        let choose: SSL_CTX_alpn_select_cb_func = { _, chosen, length, offered, count, context in
            guard let context, let chosen, let length else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            let own = Unmanaged<TLSContext>.fromOpaque(context).takeUnretainedValue().protocols
            var choice: UnsafeMutablePointer<UInt8>?
            let outcome = SSL_select_next_proto(
                &choice, length, own.baseAddress, UInt32(own.count), offered, count)
            chosen.pointee = UnsafePointer(choice)
            return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL
        }
        // Every stream holds its context, so that it outlives the call.
        SSL_CTX_set_alpn_select_cb(handle, choose, Unmanaged.passUnretained(self).toOpaque())
    }

    /// When the certificate that is shown stops being valid.
    var expires: Timestamp? {
        SSL_CTX_get0_certificate(handle).flatMap { TLSCertificate($0).expires }
    }
}
