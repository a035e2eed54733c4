import Basics
import Digests
import HTTP

/// Signs requests with a secret that never travels (AWS Signature Version 4). It performs nothing.
struct SignatureV4: Sendable {
    /// What is signed of a request. Path and query are not escaped yet.
    struct Request: Sendable {
        var method: String
        var path: String
        var query: [Item] = []
        var headers: [Item]
        /// The digest of the body in hexadecimal digits, or a word that stands for it.
        var payload: String
    }

    /// A name and a value.
    struct Item: Hashable, Sendable {
        var name: String
        var value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    static let emptyPayload = Digest(.sha256, of: []).hexadecimal
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    private static let algorithm = "AWS4-HMAC-SHA256"

    let credentials: S3Credentials
    let region: String
    var service = "s3"

    /// The value of the field `Authorization`.
    func authorization(_ request: Request, at moment: Timestamp) -> String {
        let credential = "\(credentials.accessKey)/\(scope(at: moment))"
        let names = Self.signedNames(request.headers)
        return "\(Self.algorithm) Credential=\(credential),SignedHeaders=\(names),"
            + "Signature=\(signature(of: request, at: moment))"
    }

    /// The query of an address that is good for some time by itself.
    func presignedQuery(_ request: Request, lasting seconds: Int, at moment: Timestamp) -> [Item] {
        var request = request
        request.query += [
            Item("X-Amz-Algorithm", Self.algorithm),
            Item("X-Amz-Credential", "\(credentials.accessKey)/\(scope(at: moment))"),
            Item("X-Amz-Date", Self.stamp(moment)), Item("X-Amz-Expires", "\(seconds)"),
            Item("X-Amz-SignedHeaders", Self.signedNames(request.headers)),
        ]
        if let token = credentials.sessionToken { request.query.append(Item("X-Amz-Security-Token", token.reveal())) }
        return request.query + [Item("X-Amz-Signature", signature(of: request, at: moment))]
    }

    /// `20150830T123600Z`.
    static func stamp(_ moment: Timestamp) -> String {
        moment.rfc3339Seconds.filter { $0 != "-" && $0 != ":" }
    }

    // MARK: - The steps of the algorithm

    private func signature(of request: Request, at moment: Timestamp) -> String {
        let canonical = Digest(.sha256, of: Self.canonical(request).utf8).hexadecimal
        let text = [Self.algorithm, Self.stamp(moment), scope(at: moment), canonical].joined(separator: "\n")
        return Digest(of: text.utf8, key: key(at: moment)).hexadecimal
    }

    private func scope(at moment: Timestamp) -> String {
        "\(Self.stamp(moment).prefix(8))/\(region)/\(service)/aws4_request"
    }

    private func key(at moment: Timestamp) -> [UInt8] {
        let day = String(Self.stamp(moment).prefix(8))
        return [day, region, service, "aws4_request"].reduce(Array("AWS4\(credentials.secretKey.reveal())".utf8)) {
            Digest(of: $1.utf8, key: $0).bytes
        }
    }

    static func canonical(_ request: Request) -> String {
        let query = request.query.map { "\(S3Escaping.query($0.name))=\(S3Escaping.query($0.value))" }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        let headers = request.headers.map { "\($0.name.lowercased()):\(trimmed($0.value))\n" }.sorted()
        return [
            request.method, S3Escaping.path(request.path), query.joined(separator: "&"), headers.joined(),
            signedNames(request.headers), request.payload,
        ].joined(separator: "\n")
    }

    private static func signedNames(_ headers: [Item]) -> String {
        headers.map { $0.name.lowercased() }.sorted().joined(separator: ";")
    }

    /// Without the spaces around it, and with single ones inside.
    private static func trimmed(_ value: String) -> String { value.split(separator: " ").joined(separator: " ") }
}

/// How names travel in the addresses of S3.
enum S3Escaping {
    /// A path whose slashes stay.
    static func path(_ text: String) -> String { PercentEncoding.encode(text, keeping: UInt8(ascii: "/")) }

    /// A name or a value of a query.
    static func query(_ text: String) -> String { PercentEncoding.encode(text) }

    /// What an escaped text of a listing means; nil when it is broken.
    static func unescape(_ text: String) -> String? { PercentEncoding.decode(text.utf8, plusMeansSpace: true) }
}
