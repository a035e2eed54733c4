import Basics
import Digests
import HTTP

/// Reads what a bucket answers. It performs nothing.
enum S3Answers {
    /// Under this name the digest of the content is kept beside it.
    static let digestNote = "parlor-sha256"
    private static let notePrefix = "x-amz-meta-"

    /// The description in the head of an answer; the size is that of the whole object.
    static func object(_ name: ObjectName, _ head: HTTPResponse) throws(ObjectStorageError) -> ObjectDescription {
        guard let size = size(head), let tag = head.headers["ETag"] else {
            throw malformed("an answer does not tell the size and the tag of its object")
        }
        var notes: [String: String] = [:]
        for field in head.headers.fields where field.name.lowercased().hasPrefix(notePrefix) {
            notes[String(field.name.lowercased().dropFirst(notePrefix.count))] = field.value
        }
        let sha256 = notes.removeValue(forKey: digestNote).flatMap(Digest.init(hexadecimal:))
        return ObjectDescription(
            name: name, size: size, tag: tag,
            written: head.headers["Last-Modified"].flatMap(Timestamp.init(httpDate:)) ?? .now(),
            sha256: sha256, type: head.headers["Content-Type"], notes: notes)
    }

    private static func size(_ head: HTTPResponse) -> Int? {
        if let range = contentRange(head) { return range.size }
        return head.headers["Content-Length"].flatMap { Int($0) }
    }

    /// Which bytes an answer brings: `bytes 0-9/443`.
    static func contentRange(_ head: HTTPResponse) -> (positions: Range<Int>, size: Int)? {
        guard head.status.code == 206, let value = head.headers["Content-Range"], value.hasPrefix("bytes ") else {
            return nil
        }
        let parts = value.dropFirst(6).split(whereSeparator: { $0 == "-" || $0 == "/" })
        guard parts.count == 3, let first = Int(parts[0]), let last = Int(parts[1]), let size = Int(parts[2]),
            first >= 0, first <= last, last < size
        else { return nil }
        return (first..<(last + 1), size)
    }

    /// The value of the field `Range`.
    static func range(_ range: ObjectRange) -> String? {
        switch range {
        case .bytes(let range): range.isEmpty ? nil : "bytes=\(max(0, range.lowerBound))-\(range.upperBound - 1)"
        case .from(let start): "bytes=\(max(0, start))-"
        case .last(let count): count > 0 ? "bytes=-\(count)" : nil
        }
    }

    /// One page of a listing. What no `ObjectName` can name was written by somebody else and is left out.
    static func page(_ body: [UInt8]) throws(ObjectStorageError) -> ObjectPage {
        let root = try document(body, "ListBucketResult")
        let isEscaped = root.value("EncodingType") == "url"
        func name(_ text: String?) -> String? { isEscaped ? text.flatMap(S3Escaping.unescape) : text }
        var entries = root.all("Contents").compactMap { object(in: $0, named: name($0.value("Key"))) }
        entries += root.all("CommonPrefixes").compactMap { name($0.value("Prefix")).map(ObjectEntry.prefix) }
        entries.sort { key($0).utf8.lexicographicallyPrecedes(key($1).utf8) }
        let isTruncated = root.value("IsTruncated") == "true"
        guard !isTruncated || root.value("NextContinuationToken") != nil else {
            throw malformed("a listing goes on, and does not say where")
        }
        return ObjectPage(entries, continuation: isTruncated ? root.value("NextContinuationToken") : nil)
    }

    private static func object(in element: XMLElement, named text: String?) -> ObjectEntry? {
        guard let text, let name = try? ObjectName(text), let size = element.value("Size").flatMap({ Int($0) }),
            let tag = element.value("ETag"),
            let written = element.value("LastModified").flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        return .object(ObjectDescription(name: name, size: size, tag: tag, written: written))
    }

    private static func key(_ entry: ObjectEntry) -> String {
        switch entry {
        case .object(let object): object.name.text
        case .prefix(let prefix): prefix
        }
    }

    /// The identifier of an upload that was begun.
    static func begunUpload(_ body: [UInt8]) throws(ObjectStorageError) -> String {
        guard let identifier = try document(body, "InitiateMultipartUploadResult").value("UploadId"),
            !identifier.isEmpty
        else { throw malformed("an upload has no identifier") }
        return identifier
    }

    /// Uploads that were begun and not ended, and where the listing goes on.
    static func uploads(
        _ body: [UInt8]
    ) throws(ObjectStorageError) -> (uploads: [UploadResumption.Upload], next: (name: String, identifier: String)?) {
        let root = try document(body, "ListMultipartUploadsResult")
        let isEscaped = root.value("EncodingType") == "url"
        let uploads = root.all("Upload").compactMap { upload -> UploadResumption.Upload? in
            let text = upload.value("Key")
            guard let name = isEscaped ? text.flatMap(S3Escaping.unescape) : text,
                let identifier = upload.value("UploadId")
            else { return nil }
            return UploadResumption.Upload(name: name, identifier: identifier, begun: upload.value("Initiated") ?? "")
        }
        guard root.value("IsTruncated") == "true", let name = root.value("NextKeyMarker"),
            let identifier = root.value("NextUploadIdMarker")
        else { return (uploads, nil) }
        return (uploads, (isEscaped ? S3Escaping.unescape(name) ?? name : name, identifier))
    }

    /// The parts of an upload, and where the listing goes on.
    static func parts(_ body: [UInt8]) throws(ObjectStorageError) -> (parts: [UploadedPart], next: String?) {
        let root = try document(body, "ListPartsResult")
        let parts = root.all("Part").compactMap { part -> UploadedPart? in
            guard let number = part.value("PartNumber").flatMap({ Int($0) }),
                let size = part.value("Size").flatMap({ Int($0) }), let tag = part.value("ETag")
            else { return nil }
            return UploadedPart(number: number, size: size, tag: plain(tag))
        }
        return (parts, root.value("IsTruncated") == "true" ? root.value("NextPartNumberMarker") : nil)
    }

    /// The tag of an object that was put together. An answer that begins well may still turn out to be an error.
    static func completed(_ body: [UInt8]) throws(ObjectStorageError) -> String {
        guard let tag = try document(body, "CompleteMultipartUploadResult").value("ETag") else {
            throw malformed("an object that was put together has no tag")
        }
        return tag
    }

    /// A tag without its quotes.
    static func plain(_ tag: String) -> String { tag.filter { $0 != "\"" } }

    private static func document(_ body: [UInt8], _ name: String) throws(ObjectStorageError) -> XMLElement {
        do throws(XMLReader.Fault) {
            let root = try XMLElement(reading: body)
            guard root.name == name else { throw XMLReader.Fault(reason: "it is no \(name)", position: 0) }
            return root
        } catch {
            throw malformed("an answer cannot be read: \(error.reason) at byte \(error.position)")
        }
    }

    static func malformed(_ why: String) -> ObjectStorageError {
        ObjectStorageError(.unavailable, "the object storage does not speak as it should", why: why)
    }
}
