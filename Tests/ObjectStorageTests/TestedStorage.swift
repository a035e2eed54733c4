import Basics
import HTTP
import Loop
import S3TestSupport
import TestSupport
import Testing

@testable public import ObjectStorage

/// The storages that every test of the protocol runs against.
enum TestedStorage: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case folder
    case s3Path
    case s3VirtualHost

    /// One for each implementation.
    static let both: [TestedStorage] = [.folder, .s3Path]

    var testDescription: String { rawValue }

    /// Runs `body` with an empty storage, on a loop of its own.
    func with(_ body: @escaping @Sendable (any ObjectStorage, EventLoop) async throws -> Void) async throws {
        switch self {
        case .folder:
            try await withTemporaryFolder { folder in
                try await EventLoop.onThread { loop in
                    try await body(try await FolderStorage.open("\(folder)/storage", on: loop), loop)
                }
            }
        case .s3Path: try await withBucket(.path) { try await body($0, $1) }
        case .s3VirtualHost: try await withBucket(.virtualHost) { try await body($0, $1) }
        }
    }
}

/// Runs `body` with a bucket of its own at the real server.
func withBucket(
    _ addressing: S3Options.Addressing = .path, _ change: @escaping @Sendable (inout S3Options) -> Void = { _ in },
    _ body: @escaping @Sendable (S3Storage, EventLoop) async throws -> Void
) async throws {
    let server = try S3TestServer.shared()
    try await EventLoop.onThread { loop in
        let client = HTTPClient(on: loop, .toTestServer)
        defer { client.close() }
        let storage = try S3Storage(try .bucket(of: server, addressing, change), client: client)
        try await storage.makeBucket()
        try await body(storage, loop)
    }
}

extension HTTPClientOptions {
    /// Everything is asked at this machine, whatever its name.
    static var toTestServer: HTTPClientOptions {
        var options = HTTPClientOptions()
        options.resolve = { _, port in [.tcp(host: "127.0.0.1", port: port)] }
        options.retries = S3Storage.retries
        return options
    }
}

extension S3Options {
    /// A bucket that is not there yet.
    static func bucket(
        of server: S3TestServer, _ addressing: Addressing = .path, _ change: (inout S3Options) -> Void = { _ in }
    ) throws -> S3Options {
        var options = S3Options(
            origin: try #require(HTTPOrigin(.http, host: "localhost", port: server.port)),
            bucket: "bucket-\(RandomIdentifier.hex(bytes: 8))",
            credentials: S3Credentials(accessKey: server.accessKey, secretKey: server.secretKey),
            addressing: addressing)
        options.condition = .lookBefore
        options.partSize = S3Options.partSizeMin
        change(&options)
        return options
    }
}

extension ObjectName: ExpressibleByStringLiteral {
    /// A name that a test is sure of.
    public init(stringLiteral text: String) {
        guard let name = try? ObjectName(text) else { preconditionFailure("\(text) is no name") }
        self = name
    }
}

/// Bytes that look like nothing else.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0 } }
    return Array(bytes.prefix(count))
}

/// What an action failed with.
func failure(_ body: () async throws -> some Any) async -> ObjectStorageError? {
    await #expect(throws: ObjectStorageError.self) { _ = try await body() }
}
