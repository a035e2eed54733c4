public import Basics
import Digests
import HTTP

/// The writing of one object in parts.
///
/// States: begun (the server keeps parts under an identifier), put together (the object exists) or called off. While
/// parts are on their way, at most as many stand in memory as the options say, and one that is being read.
struct S3PartsWriting {
    private let storage: S3Storage
    private let name: ObjectName
    private let options: ObjectWriting
    private let parts: PartReader

    init(_ storage: S3Storage, _ name: ObjectName, _ options: ObjectWriting, _ parts: PartReader) {
        self.storage = storage
        self.name = name
        self.options = options
        self.parts = parts
    }

    /// Writes the object, whose first part was read already.
    func perform(_ first: PartReader.Part) async throws -> ObjectDescription {
        let (upload, known) = try await begin()
        do {
            let sent = try await send(first, to: upload, known)
            let sha256 = parts.digest()
            try storage.check(sha256, options)
            let tag = try await complete(upload, sent)
            return ObjectDescription(
                name: name, size: parts.size, tag: tag, written: .now(), sha256: sha256, type: options.type,
                notes: options.notes)
        } catch {
            if !options.isResumable { await storage.callOff(upload, name) }
            throw error
        }
    }

    // MARK: - Beginning

    private func begin() async throws -> (upload: String, known: [Int: UploadedPart]) {
        if options.isResumable,
            let upload = UploadResumption.choice(
                among: try await storage.uploads(withPrefix: name.text), for: name.text)
        {
            return (upload.identifier, try await storage.parts(of: upload.identifier, name))
        }
        var request = S3Request(.post, name, query: [("uploads", "")])
        request.headers = storage.headers(options, nil)
        let response = try await storage.answer(to: request)
        guard response.status.isSuccess else { throw storage.failure(response, name) }
        return (try S3Answers.begunUpload(response.body), [:])
    }

    // MARK: - Parts

    private func send(
        _ first: PartReader.Part, to upload: String, _ known: [Int: UploadedPart]
    ) async throws -> [UploadedPart] {
        var sent: [UploadedPart] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            var underWay = 0
            var next: PartReader.Part? = first
            while let part = next {
                sent.append(part.uploaded)
                if !UploadResumption.has(part.uploaded, among: known) {
                    if underWay == storage.options.partsAtOnce {
                        try await group.next()
                        underWay -= 1
                    }
                    group.addTask { [storage, name] in try await Self.send(part, to: upload, name, storage) }
                    underWay += 1
                }
                do {
                    next = try await parts.next()
                } catch {
                    // What is under way is worth having when the writing will be gone on with.
                    if options.isResumable { try? await group.waitForAll() }
                    throw error
                }
            }
            try await group.waitForAll()
        }
        return sent
    }

    private static func send(
        _ part: PartReader.Part, to upload: String, _ name: ObjectName, _ storage: S3Storage
    ) async throws {
        var request = S3Request(.put, name, query: [("partNumber", "\(part.number)"), ("uploadId", upload)])
        request.body = part.bytes
        request.sha256 = part.sha256
        request.headers = [SignatureV4.Item("Content-MD5", part.md5.base64)]
        let response = try await storage.answer(to: request, within: storage.options.transferLimit)
        guard response.status.isSuccess else { throw storage.failure(response, name) }
    }

    // MARK: - Ending

    private func complete(_ upload: String, _ sent: [UploadedPart]) async throws -> String {
        let lines = sent.map { "<Part><PartNumber>\($0.number)</PartNumber><ETag>\"\($0.tag)\"</ETag></Part>" }
        var request = S3Request(.post, name, query: [("uploadId", upload)])
        request.body = Array("<CompleteMultipartUpload>\(lines.joined())</CompleteMultipartUpload>".utf8)
        request.headers = storage.condition(options) + [SignatureV4.Item("Content-Type", "application/xml")]
        let response = try await storage.answer(to: request, within: storage.options.transferLimit)
        let words = S3Failure.Words(response.body)
        guard response.status.isSuccess, words.code.isEmpty else {
            // An answer that got lost is asked for again when the upload has ended already.
            if words.code == "NoSuchUpload", let tag = try await tag(of: sent) { return tag }
            guard !response.status.isSuccess else {
                throw ObjectStorageError(
                    .unavailable, "an object could not be put together", hint: "Write it again.", detail: words.code)
            }
            throw storage.writingFailure(response, name, options)
        }
        return try S3Answers.completed(response.body)
    }

    /// The object's tag, when it was made of these parts.
    private func tag(of sent: [UploadedPart]) async throws -> String? {
        let digests = sent.compactMap { Digest(hexadecimal: $0.tag)?.bytes }
        let expected = "\(Digest(.md5, of: digests.flatMap(\.self)).hexadecimal)-\(sent.count)"
        guard let object = try? await storage.describe(name), S3Answers.plain(object.tag) == expected else {
            return nil
        }
        return object.tag
    }
}

extension S3Storage {
    /// Removes the parts of objects that were begun before `moment` and never put together.
    ///
    /// Whoever still writes such an object fails; so the moment should lie a day back or more.
    public func sweep(begunBefore moment: Timestamp, prefix: String = "") async throws -> Int {
        var count = 0
        for upload in try await uploads(withPrefix: prefix) {
            guard let begun = Timestamp(rfc3339: upload.begun), begun < moment, let name = try? ObjectName(upload.name)
            else { continue }
            await callOff(upload.identifier, name)
            count += 1
        }
        return count
    }

    /// Tries to remove what has arrived; when that fails, `sweep` does it later. A cancelled task does it too.
    func callOff(_ upload: String, _ name: ObjectName) async {
        let request = S3Request(.delete, name, query: [("uploadId", upload)])
        // Unstructured because the writing may have ended by a cancellation, which must not keep the parts.
        await Task { _ = try? await answer(to: request) }.value
    }

    func uploads(withPrefix prefix: String) async throws -> [UploadResumption.Upload] {
        var uploads: [UploadResumption.Upload] = []
        var items = [("uploads", ""), ("encoding-type", "url"), ("prefix", prefix)]
        while true {
            let response = try await answer(to: S3Request(.get, query: items))
            guard response.status.isSuccess else { throw failure(response, nil) }
            let page = try S3Answers.uploads(response.body)
            uploads += page.uploads
            guard let next = page.next else { return uploads }
            items = items.prefix(3) + [("key-marker", next.name), ("upload-id-marker", next.identifier)]
        }
    }

    func parts(of upload: String, _ name: ObjectName) async throws -> [Int: UploadedPart] {
        var parts: [Int: UploadedPart] = [:]
        var marker: String? = "0"
        while let start = marker {
            let query = [("uploadId", upload), ("part-number-marker", start)]
            let response = try await answer(to: S3Request(.get, name, query: query))
            guard response.status.isSuccess else { throw failure(response, name) }
            let page = try S3Answers.parts(response.body)
            for part in page.parts { parts[part.number] = part }
            marker = page.next == start ? nil : page.next
        }
        return parts
    }
}
