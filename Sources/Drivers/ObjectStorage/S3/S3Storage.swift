public import Basics
import Digests
public import HTTP

/// Objects in a bucket of Amazon S3, or of a server that speaks like it.
///
/// Every request is signed, and everything that is written carries its digest, so that the server refuses what changed
/// on the way. A digest of the whole content is kept beside objects that are written at once; they are verified when
/// they are read.
///
/// On failure: what may pass is tried again as the client's retry policy says. An object that is written in parts is
/// called off when a part fails, unless it is resumable; what a killed program left is removed by `sweep`.
public struct S3Storage: ObjectStorage {
    let options: S3Options
    let signer: S3Signer
    let client: HTTPClient

    /// A storage in a bucket; `client` brings connections, encryption and the retry policy.
    public init(_ options: S3Options, client: HTTPClient) throws(ParlorError) {
        try options.check()
        self.options = options
        self.client = client
        signer = try S3Signer(options)
    }

    /// The retry policy that fits a storage; requests to it can all be repeated.
    public static let retries = HTTPRetryPolicy(attemptsMax: 5, firstPause: .milliseconds(200))

    /// Makes the bucket; fine when it is there already and belongs to the same account.
    public func makeBucket() async throws {
        let response = try await answer(to: S3Request(.put))
        if response.status.isSuccess || S3Failure.Words(response.body).code == "BucketAlreadyOwnedByYou" { return }
        throw failure(response, nil)
    }

    // MARK: - Reading

    /// Reads an object in constant memory.
    public func read<Result>(
        _ name: ObjectName, _ options: ObjectReading, _ body: (ObjectReader) async throws -> Result
    ) async throws -> Result {
        var request = S3Request(.get, name)
        if let tag = options.tag { request.headers.append(SignatureV4.Item("If-Match", tag)) }
        let isPartial = options.range != nil && options.range != .from(0)
        if let range = options.range, isPartial {
            guard let value = S3Answers.range(range) else { throw ObjectStorageError.invalidRange }
            request.headers.append(SignatureV4.Item("Range", value))
        }
        var isHandedOver = false
        return try await reaching {
            try await client.withResponse(
                to: try signer.signed(request, at: .now()), at: signer.origin, within: self.options.transferLimit
            ) { head, content in
                guard head.status.isSuccess else { throw try await failure(head, content, name) }
                let object = try S3Answers.object(name, head)
                let positions = try Self.positions(head, object, isPartial: isPartial)
                if options.range == .from(0), object.size == 0 { throw ObjectStorageError.invalidRange }
                isHandedOver = true
                let reader = ObjectReader(object, positions, expecting: options.sha256) {
                    try await reaching { try await content.next() }
                }
                return try await body(reader)
            }
        } unless: {
            isHandedOver
        }
    }

    private static func positions(
        _ head: HTTPResponse, _ object: ObjectDescription, isPartial: Bool
    ) throws(ObjectStorageError) -> Range<Int> {
        guard isPartial else { return 0..<object.size }
        guard let range = S3Answers.contentRange(head) else {
            throw S3Answers.malformed("an answer does not tell which bytes it brings")
        }
        return range.positions
    }

    /// What is known about an object; throws `noSuchObject` when there is none.
    public func describe(_ name: ObjectName) async throws -> ObjectDescription {
        let response = try await answer(to: S3Request(.head, name))
        guard response.status.isSuccess else { throw failure(response, name) }
        return try S3Answers.object(name, response)
    }

    // MARK: - Listing and deleting

    /// Some lines of a listing, from its beginning or from where another page ended.
    public func page(_ query: ObjectQuery, continuing continuation: String?) async throws -> ObjectPage {
        var items = [("list-type", "2"), ("encoding-type", "url"), ("max-keys", "\(query.pageSize)")]
        if !query.prefix.isEmpty { items.append(("prefix", query.prefix)) }
        if let delimiter = query.delimiter { items.append(("delimiter", delimiter)) }
        if let after = query.after { items.append(("start-after", after)) }
        if let continuation { items.append(("continuation-token", continuation)) }
        let response = try await answer(to: S3Request(.get, query: items))
        guard response.status.isSuccess else { throw failure(response, nil) }
        return try S3Answers.page(response.body)
    }

    /// Removes an object; fine when there is none.
    public func delete(_ name: ObjectName) async throws {
        let response = try await answer(to: S3Request(.delete, name))
        if response.status.isSuccess { return }
        let error = failure(response, name)
        if error.code != .noSuchObject { throw error }
    }

    /// An address at which anybody may do one thing with one object, for at most seven days.
    public func address(for purpose: ObjectPurpose, of name: ObjectName, lasting: Duration) throws -> String? {
        try signer.address(for: purpose, of: name, lasting: lasting, at: .now())
    }

    // MARK: - Requests

    /// Sends a request whose answer is small.
    func answer(to request: S3Request, within limit: Duration? = nil) async throws -> HTTPResponse {
        try await reaching {
            try await client.send(
                try signer.signed(request, at: .now()), to: signer.origin, mayRepeat: true,
                within: limit ?? options.requestLimit)
        }
    }

    func failure(_ response: HTTPResponse, _ name: ObjectName?) -> ObjectStorageError {
        S3Failure.error(response, about: name, region: options.region)
    }

    private func failure(
        _ head: HTTPResponse, _ content: HTTPResponseBody, _ name: ObjectName
    ) async throws -> ObjectStorageError {
        var response = head
        response.body = try await content.all(atMost: ByteCount(65_536))
        return failure(response, name)
    }

    /// What keeps the server from being reached becomes an error of the storage; what a caller's closure throws stays.
    private func reaching<Result>(
        _ body: () async throws -> Result, unless isForeign: () -> Bool = { false }
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as ParlorError where !isForeign() && Self.transport.contains(error.code) {
            throw ObjectStorageError(
                .unavailable, "the object storage cannot be reached", why: error.summary, hint: error.hint,
                detail: error.detail)
        }
    }

    private static let transport: Set<ErrorCode> = [.connection, .timeout, .protocolViolation]
}
