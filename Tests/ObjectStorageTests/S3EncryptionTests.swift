import Basics
import HTTP
import Loop
import S3TestSupport
import TLS
import TLSTestSupport
import TestSupport
import Testing

@testable import ObjectStorage

/// A bucket behind TLS whose authority is the owner's own.
@Suite struct S3EncryptionTests {
    private func withFront(
        certificateFor host: String,
        _ body: @escaping @Sendable (_ options: S3Options, _ authorities: String, EventLoop) async throws -> Void
    ) async throws {
        let server = try S3TestServer.shared()
        try await withTemporaryFolder { folder in
            let authority = try TestAuthority(in: folder)
            let identity = try authority.issue(for: [host])
            try await EventLoop.onThread { loop in
                try await TLSFront.run(identity, to: server.port, on: loop) { front in
                    let options = try S3Options.bucket(of: server) {
                        if let origin = HTTPOrigin(.https, host: "localhost", port: front.port) { $0.origin = origin }
                    }
                    try await body(options, authority.certificateFile, loop)
                }
            }
        }
    }

    private func client(_ authorities: TLSAuthorities, on loop: EventLoop) throws -> HTTPClient {
        let tls = try TLSClient(TLSClientOptions(authorities: authorities))
        var options = HTTPClientOptions.toTestServer
        options.secure = { socket, host in
            try await tls.connect(over: socket, host: host, within: .seconds(30))
        }
        return HTTPClient(on: loop, options)
    }

    @Test("Small and large objects travel encrypted to a server with a certificate of one's own authority")
    func encrypted() async throws {
        try await withFront(certificateFor: "localhost") { options, authorities, loop in
            let client = try client(.file(authorities), on: loop)
            defer { client.close() }
            let storage = try S3Storage(options, client: client)
            try await storage.makeBucket()
            try await storage.write("small", Array("hello".utf8))
            #expect(try await storage.read("small") == Array("hello".utf8))
            let content = noise(6 << 20)
            try await storage.write("large", content)
            #expect(try await storage.read("large") == content)
        }
    }

    @Test("A server that cannot prove its name gets nothing", arguments: ["localhost", "elsewhere.example"])
    func unproved(host: String) async throws {
        try await withFront(certificateFor: host) { options, authorities, loop in
            let client = try client(host == "localhost" ? .system : .file(authorities), on: loop)
            defer { client.close() }
            let storage = try S3Storage(options, client: client)
            let error = await failure { try await storage.read("object") }
            #expect(error?.code == .unavailable)
        }
    }
}
