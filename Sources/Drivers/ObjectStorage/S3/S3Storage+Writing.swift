import Basics
import Digests
import HTTP

extension S3Storage {
    /// Writes an object; it exists, durably, when this has returned.
    ///
    /// Small ones are written at once. Larger ones go in parts, some of them at the same time; nobody sees any of them
    /// before the last one has arrived.
    public func write(
        _ name: ObjectName, _ source: ObjectSource, _ options: ObjectWriting
    ) async throws -> ObjectDescription {
        try options.check()
        guard let plan = PartPlan(length: source.length, preferred: self.options.partSize) else {
            throw ObjectStorageError(.refused, "the object is too large", why: "an object has at most 5 TB")
        }
        if options.isOnlyIfAbsent, self.options.condition == .lookBefore, try await exists(name) {
            throw ObjectStorageError.alreadyExists(name)
        }
        let parts = PartReader(source, plan)
        guard let first = try await parts.next() else { return try await write(name, at: nil, parts, options) }
        guard !parts.isAtEnd else { return try await write(name, at: first, parts, options) }
        return try await S3PartsWriting(self, name, options, parts).perform(first)
    }

    /// Writes an object with one request.
    private func write(
        _ name: ObjectName, at part: PartReader.Part?, _ parts: PartReader, _ options: ObjectWriting
    ) async throws -> ObjectDescription {
        let sha256 = parts.digest()
        try check(sha256, options)
        var request = S3Request(.put, name)
        request.body = part?.bytes ?? []
        request.sha256 = sha256
        request.headers = headers(options, sha256) + condition(options)
        request.headers.append(
            SignatureV4.Item("Content-MD5", (part?.md5 ?? Digest(.md5, of: [])).base64))
        let response = try await answer(to: request, within: self.options.transferLimit)
        guard response.status.isSuccess else { throw writingFailure(response, name, options) }
        guard let tag = response.headers["ETag"] else { throw S3Answers.malformed("a written object has no tag") }
        return ObjectDescription(
            name: name, size: request.body.count, tag: tag, written: .now(), sha256: sha256, type: options.type,
            notes: options.notes)
    }

    func check(_ sha256: Digest, _ options: ObjectWriting) throws(ObjectStorageError) {
        if let wanted = options.sha256, wanted != sha256 {
            throw .corrupted("its digest is another one than its writer says")
        }
    }

    /// The fields that stay with an object.
    func headers(_ options: ObjectWriting, _ sha256: Digest?) -> [SignatureV4.Item] {
        var notes = options.notes
        notes[S3Answers.digestNote] = (sha256 ?? options.sha256)?.hexadecimal
        var headers = notes.sorted { $0.key < $1.key }.map { SignatureV4.Item("x-amz-meta-\($0.key)", $0.value) }
        headers.append(SignatureV4.Item("Content-Type", options.type ?? "application/octet-stream"))
        return headers
    }

    func condition(_ options: ObjectWriting) -> [SignatureV4.Item] {
        let isAsked = options.isOnlyIfAbsent && self.options.condition == .atomic
        return isAsked ? [SignatureV4.Item("If-None-Match", "*")] : []
    }

    func writingFailure(
        _ response: HTTPResponse, _ name: ObjectName, _ options: ObjectWriting
    ) -> ObjectStorageError {
        let exists = response.status.code == 412 && options.isOnlyIfAbsent
        return exists ? .alreadyExists(name) : failure(response, name)
    }
}
