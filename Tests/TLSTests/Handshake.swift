import Basics
import Loop
import LoopTestSupport
import TLS
import TLSTestSupport
import TestSupport

/// What came of a handshake at one end.
enum Outcome {
    case secure(TLSStream)
    case failed(any Error)

    var fault: TLSFault? { error?.tlsFault }

    var error: ParlorError? {
        if case .failed(let error as ParlorError) = self { error } else { nil }
    }

    func stream() throws -> TLSStream {
        switch self {
        case .secure(let stream): return stream
        case .failed(let error): throw error
        }
    }
}

/// A place in which clients and servers meet: an authority, a listener and a proxy before it.
struct Meeting: Sendable {
    static let name = "salon.example"

    let loop: EventLoop
    let folder: String
    let authority: TestAuthority
    let proxy: FaultProxy
    private let listener: OnLoop<Listener>

    init(_ loop: EventLoop, in folder: String) throws {
        self.loop = loop
        self.folder = folder
        authority = try TestAuthority(in: folder)
        let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
        self.listener = OnLoop(listener)
        proxy = try FaultProxy(to: listener.address, on: loop)
    }

    /// The options of a client that believes this place's authority.
    var believing: TLSClientOptions { TLSClientOptions(authorities: .file(authority.certificateFile)) }

    /// Both ends of a connection without encryption.
    func plainEnds() async throws -> (client: Socket, server: Socket) {
        let client = try await Socket.connect(to: proxy.address, within: .seconds(10), on: loop)
        return (client, try await listener.value.accept())
    }

    /// Lets both ends shake hands.
    func shakeHands(
        _ client: TLSClient, _ server: TLSServer, as host: String = name, within limit: Duration = .seconds(10)
    ) async throws -> (client: Outcome, server: Outcome) {
        let (near, far) = try await plainEnds()
        let ends = OnLoop((near: near, far: far))
        async let accepted = outcome { try await server.accept(over: ends.value.far, within: limit) }
        async let connected = outcome { try await client.connect(over: ends.value.near, host: host, within: limit) }
        return (await connected.value, await accepted.value)
    }

    private func outcome(_ body: () async throws -> TLSStream) async -> OnLoop<Outcome> {
        do { return OnLoop(.secure(try await body())) } catch { return OnLoop(.failed(error)) }
    }

    /// Both ends of a secure connection.
    func secureEnds(
        _ client: TLSClientOptions? = nil, _ change: (inout TLSServerOptions) -> Void = { _ in }
    ) async throws -> (client: TLSStream, server: TLSStream) {
        var options = TLSServerOptions(identity: try authority.issue(for: [Self.name]))
        change(&options)
        let ends = try await shakeHands(try TLSClient(client ?? believing), try TLSServer(options))
        return (try ends.client.stream(), try ends.server.stream())
    }
}

/// Gives a test a meeting on a loop of its own.
func withMeeting(
    clock: LoopClock = .real, _ body: @escaping @Sendable (Meeting) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        try await EventLoop.onThread(clock: clock) { loop in
            let meeting = try Meeting(loop, in: folder)
            defer { meeting.proxy.close() }
            try await body(meeting)
        }
    }
}

extension ByteStream {
    /// Everything up to the end of the stream.
    func readAll() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while try await read(appendingTo: &bytes) > 0 {}
        return bytes
    }

    /// The next bytes, as text.
    func readText() async throws -> String {
        var bytes: [UInt8] = []
        _ = try await read(appendingTo: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
