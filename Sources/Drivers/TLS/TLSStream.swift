import Basics
import COpenSSL
public import Loop

/// An encrypted stream over a socket; `TLSClient` and `TLSServer` make them.
///
/// States: shaking hands (inside `connect` and `accept` only), open, finished writing, failed (every later call throws
/// the same error), closed. One task may read and one may write at the same time.
///
/// What a read or write throws when it is cancelled, late or aborted leaves the stream whole: a record that was begun
/// is sent to its end before the next one. An end without the other end's farewell is the error `truncated`, unless the
/// options allow it. A stream that was aborted is closed without a farewell, so that the other end sees a cut.
public final class TLSStream: ByteStream {
    private static let recordMax = 16_384

    private let context: TLSContext
    private let wire: TLSWire
    private let ssl: OpaquePointer
    private var isSecure = false
    private var hasFinishedWriting = false
    private var isOpen = true
    private var failure: ParlorError?

    init(over socket: Socket, _ context: TLSContext) throws(ParlorError) {
        self.context = context
        wire = TLSWire(socket)
        guard let ssl = SSL_new(context.handle), let bio = wire.makeBIO() else { throw .openSSL("cannot prepare TLS") }
        self.ssl = ssl
        SSL_set_bio(ssl, bio, bio)
        // One system call brings the head of a record and its body.
        SSL_set_read_ahead(ssl, 1)
    }

    deinit {
        close()
        SSL_free(ssl)
    }

    // MARK: - Handshake

    /// Prepares the client's side: whom to reach, and what its certificate must name.
    func expect(_ host: String) throws(ParlorError) {
        SSL_set_connect_state(ssl)
        let rules = SSL_get0_param(ssl)
        let isAccepted: Bool
        if SocketAddress.isNumeric(host) {
            isAccepted = X509_VERIFY_PARAM_set1_ip_asc(rules, host) == 1
        } else {
            X509_VERIFY_PARAM_set_hostflags(
                rules, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
            isAccepted =
                X509_VERIFY_PARAM_set1_host(rules, host, host.utf8.count) == 1
                && parlor_tls_set_server_name(ssl, host) == 1
        }
        guard isAccepted else { throw .openSSL("\(host) is no name that a certificate could be for") }
    }

    /// Prepares the server's side.
    func awaitClient() { SSL_set_accept_state(ssl) }

    /// Comes back when the connection is secure.
    func shakeHands(with host: String?) async throws {
        while true {
            let isDone = try step(host)
            try await wire.flush()
            if isDone { break }
            try await wire.socket.readable()
        }
        isSecure = true
    }

    private func step(_ host: String?) throws -> Bool {
        ERR_clear_error()
        let status = SSL_do_handshake(ssl)
        if status == 1 { return true }
        let kind = SSL_get_error(ssl, status)
        if kind == SSL_ERROR_WANT_READ { return false }
        let reason = takeOpenSSLReason()
        if let failure = wire.failure { throw failure }
        let fault = kind == SSL_ERROR_SSL ? TLSFault(ofHandshake: ssl, reason: reason) : .cutInHandshake
        throw ParlorError.handshake(fault, with: "\(peer)", host: host)
    }

    /// After a handshake that failed: lets the other end read why, which an end with unread bytes would take from it.
    func takeLeave(within limit: Duration) async {
        wire.finishWriting()
        try? await wire.socket.within(limit, "taking leave") {
            var unread: [UInt8] = []
            repeat {
                unread.removeAll(keepingCapacity: true)
            } while try await wire.socket.read(appendingTo: &unread) > 0
        }
    }

    // MARK: - What was agreed

    /// The other end, for messages.
    public var peer: SocketAddress { wire.socket.peer }

    /// The protocol that both ends chose to speak inside; nil when there was no choice.
    public var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        return name.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self) }
    }

    /// The version of TLS, like `TLSv1.3`.
    public var version: String { SSL_get_version(ssl).map { String(cString: $0) } ?? "" }

    /// The verified certificate of the other end; nil when it has shown none.
    public var peerCertificate: TLSCertificate? { SSL_get0_peer_certificate(ssl).map { TLSCertificate($0) } }

    // MARK: - Bytes

    /// Appends what has arrived, at least one byte unless the other end has said farewell, and says how many bytes that
    /// were.
    public func read(appendingTo buffer: inout [UInt8], atMost limit: Int) async throws -> Int {
        while true {
            if let count = try decrypt(&buffer, limit) { return count }
            try await wire.socket.readable()
        }
    }

    /// One attempt without waiting; nil when no whole record is there.
    private func decrypt(_ buffer: inout [UInt8], _ limit: Int) throws -> Int? {
        try check()
        let scratch = wire.socket.loop.scratch
        ERR_clear_error()
        let count = SSL_read(ssl, scratch.baseAddress, Int32(min(limit, scratch.count)))
        // Reading may have to say something: an answer to a change of keys, or why it gives up.
        defer { wire.flushInBackground() }
        if count > 0 {
            buffer += UnsafeRawBufferPointer(rebasing: scratch.prefix(Int(count)))
            return Int(count)
        }
        switch SSL_get_error(ssl, count) {
        case SSL_ERROR_WANT_READ: return nil
        case SSL_ERROR_ZERO_RETURN: return 0
        case SSL_ERROR_SYSCALL where wire.hasEnded:
            if context.allowsTruncation { return 0 }
            throw ParlorError.broken(.truncated, with: "\(peer)")
        default: throw broken()
        }
    }

    /// Writes all of it, waiting while the other end is slow.
    public func write(_ bytes: [UInt8]) async throws {
        try await wire.flush()
        var done = 0
        while done < bytes.count {
            let record = min(Self.recordMax, bytes.count - done)
            try encrypt(bytes[done..<done + record])
            try await wire.flush()
            done += record
        }
    }

    private func encrypt(_ bytes: ArraySlice<UInt8>) throws {
        try check()
        guard !hasFinishedWriting else {
            throw ParlorError(.connection, "the stream to \(peer) has been finished, nothing more can be written")
        }
        ERR_clear_error()
        let count = bytes.withUnsafeBytes { SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
        guard count == Int32(bytes.count) else { throw broken() }
    }

    private func check() throws {
        guard isOpen else { throw ParlorError(.connection, "the connection is closed") }
        if let failure { throw failure }
    }

    /// What made OpenSSL give up; the stream cannot be used any more.
    private func broken() -> ParlorError {
        let reason = takeOpenSSLReason()
        let error = wire.failure ?? .broken(TLSFault(afterHandshake: reason), with: "\(peer)")
        failure = error
        return error
    }

    // MARK: - Ends

    /// Performs `body`; when it takes longer than `limit`, the stream fails with `timeout`, and so does what `body`
    /// waits for.
    public func within<Result>(
        _ limit: Duration, _ what: @autoclosure () -> String, _ body: () async throws -> Result
    ) async throws -> Result {
        try await wire.socket.within(limit, what(), body)
    }

    /// Makes what is in progress, and everything later that has to wait, throw the error. May be called from any task
    /// on the loop.
    public var abort: @Sendable (any Error) -> Void { wire.socket.abort }

    /// Performs `action` once, on the loop, when the other end has ended the connection below or is gone, whether or
    /// not anybody reads.
    public func onHangUp(_ action: @escaping @Sendable () -> Void) { wire.socket.onHangUp(action) }

    /// Says farewell: the other end reads what was written and then its end. Reading goes on.
    public func finishWriting() {
        guard isOpen, !hasFinishedWriting else { return }
        sayFarewell()
        wire.finishWriting()
    }

    private func sayFarewell() {
        guard isSecure, failure == nil, !hasFinishedWriting else { return }
        hasFinishedWriting = true
        ERR_clear_error()
        SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// Says farewell, unless the stream has failed, and closes the socket; fine to call twice.
    public func close() {
        guard isOpen else { return }
        if !wire.socket.hasFailed { sayFarewell() }
        isOpen = false
        wire.socket.close()
    }
}
