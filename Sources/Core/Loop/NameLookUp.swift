import Basics
import CUV
import Glibc

extension EventLoop {
    /// The addresses of a host, the preferred one first: IPv4 and IPv6, as the machine is set up. A numeric address is
    /// its own answer.
    ///
    /// The system's resolver runs on libuv's threads. It cannot be stopped there: a look-up that takes longer than
    /// `limit`, or whose task is cancelled, goes on for nobody.
    public func resolve(_ host: String, port: Int, within limit: Duration) async throws -> [SocketAddress] {
        if SocketAddress.isNumeric(host) { return [.tcp(host: host, port: port)] }
        let error = ParlorError(.timeout, "looking up the name \(host) took longer than \(limit.brief)")
        guard limit > .zero else { throw error }
        let lookUp = try NameLookUp(host, port: port, on: self)
        let timer = schedule(after: limit) { lookUp.giveUp(error) }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await lookUp.answer.value(on: self)
        } onCancel: {
            onLoop { lookUp.giveUp(CancellationError()) }
        }
    }
}

/// One question to the system's resolver.
private final class NameLookUp: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    let answer = LoopWait<[SocketAddress]>()
    private let host: String
    private let port: Int
    private var request: UnsafeMutablePointer<uv_getaddrinfo_t>?

    init(_ host: String, port: Int, on loop: EventLoop) throws(ParlorError) {
        precondition(loop.isCurrent, "a name is looked up on its loop")
        self.host = host
        self.port = port
        let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocated(holding: uv_getaddrinfo_t())
        var wanted = addrinfo()
        wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        // The request owns the look-up until its callback.
        request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let status = uv_getaddrinfo(loop.uv, request, { NameLookUp.ended($0, $1, $2) }, host, nil, &wanted)
        guard status == 0 else {
            Owner<NameLookUp>.release(request.pointee.data)
            request.deallocate()
            throw .noAddress(of: host, status)
        }
        self.request = request
    }

    /// Delivers the error; a look-up that has not begun does not begin any more.
    func giveUp(_ error: any Error) {
        answer.fail(error)
        guard let request else { return }
        uv_cancel(UnsafeMutableRawPointer(request).assumingMemoryBound(to: uv_req_t.self))
    }

    private static func ended(
        _ request: UnsafeMutablePointer<uv_getaddrinfo_t>?, _ status: Int32, _ list: UnsafeMutablePointer<addrinfo>?
    ) {
        defer { uv_freeaddrinfo(list) }
        guard let request, let lookUp = Owner<NameLookUp>.object(request.pointee.data) else { return }
        lookUp.request = nil
        lookUp.deliver(status, list)
        Owner<NameLookUp>.release(request.pointee.data)
        request.deallocate()
    }

    private func deliver(_ status: Int32, _ list: UnsafeMutablePointer<addrinfo>?) {
        guard status == 0 else { return answer.fail(ParlorError.noAddress(of: host, status)) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr.flatMap({ SocketAddress($0, port: port) }), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        guard !addresses.isEmpty else { return answer.fail(ParlorError.noAddress(of: host, UV_EAI_NONAME.rawValue)) }
        answer.succeed(addresses)
    }
}
