import Basics
import HTTP
import Loop
import LoopTestSupport
import S3TestSupport
import Testing

@testable import ObjectStorage

/// What is special about a bucket, at the real server.
@Suite struct S3StorageTests {
    @Test(
        "An address lets anybody read or write one object, and do nothing else",
        arguments: [S3Options.Addressing.path, .virtualHost])
    func addresses(addressing: S3Options.Addressing) async throws {
        try await withBucket(addressing) { storage, loop in
            let stranger = HTTPClient(on: loop, .toTestServer)
            defer { stranger.close() }
            func ask(_ method: HTTPMethod, _ address: String?, _ body: String = "") async throws -> HTTPResponse {
                let parts = try #require(address).split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
                let origin = try #require(HTTPOrigin("\(parts[0])//\(parts[2])"))
                let target = try #require(HTTPTarget("/\(parts[3])"))
                return try await stranger.send(
                    HTTPRequest(method, target, body: Array(body.utf8)), to: origin, within: .seconds(30))
            }
            let name: ObjectName = "shared/ä b.txt"
            let writing = try storage.address(for: .writing, of: name, lasting: .seconds(60))
            #expect(try await ask(.put, writing, "hello").status.isSuccess)
            let reading = try storage.address(for: .reading, of: name, lasting: .seconds(60))
            #expect(try await ask(.get, reading).text == "hello")
            #expect(try await ask(.put, reading, "other").status == .forbidden)
            let forged = reading?.replacing("shared/", with: "secret/")
            #expect(try await ask(.get, forged).status == .forbidden)
            #expect(try await storage.read(name) == Array("hello".utf8))
            #expect(throws: ParlorError.self) {
                try storage.address(for: .reading, of: name, lasting: .seconds(604_801))
            }
        }
    }

    @Test("Wrong credentials and a bucket that is not there are said to be what they are")
    func refused() async throws {
        try await withBucket { storage, loop in
            var options = storage.options
            options.credentials.secretKey = Secret("wrong")
            let stranger = try S3Storage(options, client: storage.client)
            #expect(await failure { try await stranger.read("object") }?.code == .accessDenied)
            options = storage.options
            options.bucket = "nobodys-bucket"
            let lost = try S3Storage(options, client: storage.client)
            #expect(await failure { try await lost.page(ObjectQuery(), continuing: nil) }?.code == .noSuchStorage)
            #expect(await failure { try await lost.write("object", [1]) }?.code == .noSuchStorage)
            options = storage.options
            options.region = "eu-central-1"
            let elsewhere = try S3Storage(options, client: storage.client)
            let error = await failure { try await elsewhere.read("object") }
            #expect(error?.code == .wrongRegion && error?.why?.contains("us-east-1") == true)
        }
    }

    @Test("A server that cannot decide by itself whether an object is new says so")
    func condition() async throws {
        try await withBucket(.path, { $0.condition = .atomic }) { storage, _ in
            var options = ObjectWriting()
            options.isOnlyIfAbsent = true
            let error = await failure { try await storage.write("object", [1], options) }
            #expect(error?.code == .refused && error?.hint?.contains("condition") == true)
        }
    }

    @Test("A storage that is not there is unavailable")
    func absent() async throws {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            guard case .tcp(_, let port) = listener.address else { return }
            listener.close()
            let options = S3Options(
                origin: try #require(HTTPOrigin(.http, host: "localhost", port: port)), bucket: "bucket",
                credentials: S3Credentials(accessKey: "a", secretKey: Secret("b")))
            let storage = try S3Storage(options, client: HTTPClient(on: loop, HTTPClientOptions()))
            #expect(await failure { try await storage.read("object") }?.code == .unavailable)
        }
    }

    /// A storage behind a proxy that breaks its connections.
    private func withFaults(
        _ body: @escaping @Sendable (S3Storage, S3Storage, FaultProxy, EventLoop) async throws -> Void
    ) async throws {
        try await withBucket { sound, loop in
            let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: sound.options.origin.port), on: loop)
            defer { proxy.close() }
            var clientOptions = HTTPClientOptions.toTestServer
            clientOptions.resolve = { _, _ in [proxy.address] }
            clientOptions.retries.firstPause = .milliseconds(1)
            let client = HTTPClient(on: loop, clientOptions)
            defer { client.close() }
            try await body(try S3Storage(sound.options, client: client), sound, proxy, loop)
        }
    }

    @Test("A writing whose connection is cut is done again, and the object is whole")
    func cutWhileWriting() async throws {
        try await withFaults { storage, sound, proxy, loop in
            let arrival = proxy.hold(at: "PUT /\(storage.options.bucket)/object")
            async let written = storage.write("object", noise(500_000))
            try await arrival.value(on: loop)
            proxy.cut()
            #expect(try await written.size == 500_000)
            #expect(proxy.connectionCount == 2)
            #expect(try await sound.read("object") == noise(500_000))
        }
    }

    @Test("A reading whose connection is cut never looks whole")
    func cutWhileReading() async throws {
        try await withFaults { storage, sound, proxy, _ in
            try await sound.write("object", noise(8 << 20))
            let error = await failure {
                try await storage.read("object", ObjectReading()) { reader in
                    _ = try await reader.next()
                    proxy.cut()
                    while try await reader.next() != nil {}
                }
            }
            #expect(error?.code == .unavailable)
        }
    }
}
