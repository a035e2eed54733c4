import Basics
import Digests
import HTTP

/// A request to a bucket, before it is signed.
struct S3Request: Sendable {
    var method: HTTPMethod
    /// The object; nil for the bucket itself.
    var name: ObjectName?
    var query: [SignatureV4.Item] = []
    var headers: [SignatureV4.Item] = []
    var body: [UInt8] = []
    /// The digest of the body, where it is known already.
    var sha256: Digest?

    init(_ method: HTTPMethod, _ name: ObjectName? = nil, query: [(String, String)] = []) {
        self.method = method
        self.name = name
        self.query = query.map { SignatureV4.Item($0.0, $0.1) }
    }
}

/// Turns requests to a bucket into signed ones. It performs nothing.
struct S3Signer: Sendable {
    let options: S3Options
    /// Where requests go.
    let origin: HTTPOrigin

    init(_ options: S3Options) throws(ParlorError) {
        self.options = options
        switch options.addressing {
        case .path: origin = options.origin
        case .virtualHost:
            let host = "\(options.bucket).\(options.origin.host)"
            guard let origin = HTTPOrigin(options.origin.scheme, host: host, port: options.origin.port) else {
                throw ParlorError(.configuration, "a bucket and a server make no name of a host", detail: host)
            }
            self.origin = origin
        }
    }

    private func path(of name: ObjectName?) -> String {
        let folder = options.addressing == .path ? "/\(options.bucket)" : ""
        guard let name else { return folder.isEmpty ? "/" : folder }
        return "\(folder)/\(name.text)"
    }

    private var signature: SignatureV4 { SignatureV4(credentials: options.credentials, region: options.region) }

    /// The request with everything that the server wants to see.
    func signed(_ request: S3Request, at moment: Timestamp) throws(ParlorError) -> HTTPRequest {
        let payload = (request.sha256 ?? Digest(.sha256, of: request.body)).hexadecimal
        var headers = request.headers
        headers.append(SignatureV4.Item("x-amz-content-sha256", payload))
        headers.append(SignatureV4.Item("x-amz-date", SignatureV4.stamp(moment)))
        if let token = options.credentials.sessionToken {
            headers.append(SignatureV4.Item("x-amz-security-token", token.reveal()))
        }
        let signing = SignatureV4.Request(
            method: request.method.rawValue, path: path(of: request.name), query: request.query,
            headers: headers + [SignatureV4.Item("host", origin.authority)], payload: payload)
        headers.append(SignatureV4.Item("Authorization", signature.authorization(signing, at: moment)))
        var fields = HTTPHeaders()
        for header in headers { fields.append(header.name, header.value) }
        return HTTPRequest(
            request.method, try target(request.name, request.query), headers: fields, body: request.body)
    }

    /// An address for one purpose and some time.
    func address(
        for purpose: ObjectPurpose, of name: ObjectName, lasting: Duration, at moment: Timestamp
    ) throws(ParlorError) -> String {
        let seconds = Int(lasting.seconds)
        guard (1...604_800).contains(seconds) else {
            throw ParlorError(.usage, "an address lasts from a second to seven days")
        }
        let signing = SignatureV4.Request(
            method: purpose == .reading ? "GET" : "PUT", path: path(of: name),
            headers: [SignatureV4.Item("host", origin.authority)], payload: SignatureV4.unsignedPayload)
        let query = signature.presignedQuery(signing, lasting: seconds, at: moment)
        return "\(origin)\(try target(name, query))"
    }

    private func target(_ name: ObjectName?, _ query: [SignatureV4.Item]) throws(ParlorError) -> HTTPTarget {
        var text = S3Escaping.path(path(of: name))
        if !query.isEmpty {
            let items = query.map { "\(S3Escaping.query($0.name))=\(S3Escaping.query($0.value))" }
            text += "?\(items.joined(separator: "&"))"
        }
        guard let target = HTTPTarget(text) else {
            throw ParlorError(.malformed, "a request to a bucket cannot be sent")
        }
        return target
    }
}
