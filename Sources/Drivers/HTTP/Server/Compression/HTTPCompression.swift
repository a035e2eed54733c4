public import Basics

/// Middleware that compresses what is worth it with gzip, for clients that want it.
///
///     let compression = HTTPCompression()
///     router.wrap { await compression($0, $1) }
///
/// Compressed are texts of known types from a certain size on, and streams of them, each piece so that the client can
/// read it at once; event streams, parts of files and what says `no-transform` are left alone. What is as secret as a
/// token should not be compressed together with what a stranger can choose: leave such routes without this.
public struct HTTPCompression: Sendable {
    /// Bodies below this size gain nothing.
    public var minimumSize = ByteCount(1 << 10)
    /// From 1, fast, to 9, small.
    public var level = 5
    /// What is compressed in one go; a larger body gives others a turn in between.
    private static let sliceSize = 64 << 10

    /// The usual settings.
    public init() {}

    /// Hands the request on, and compresses what comes back.
    public func callAsFunction(_ request: HTTPRequest, _ next: HTTPServer.Handler) async -> HTTPResponse {
        var response = await next(request)
        guard Self.isCompressible(response) else { return response }
        Self.addVary(to: &response.headers)
        let size = response.outgoing.map { $0.length ?? .max } ?? response.body.count
        guard response.status != .notModified, size >= minimumSize.bytes,
            HTTPAcceptedCodings.preferGzip(request.headers), let gzip = try? HTTPGzip(level: level)
        else { return response }
        response.headers["Content-Encoding"] = "gzip"
        if let tag = response.headers["ETag"], !tag.hasPrefix("W/") { response.headers["ETag"] = "W/\(tag)" }
        if let outgoing = response.outgoing {
            response.outgoing = Self.compressed(outgoing, gzip)
        } else if response.body.count > Self.sliceSize || request.method == .head {
            response.outgoing = Self.compressed(response.body, gzip)
        } else {
            response.body = gzip.compress(response.body[...], .finish)
        }
        return response
    }

    private static func compressed(_ body: HTTPOutgoingBody, _ gzip: HTTPGzip) -> HTTPOutgoingBody {
        HTTPOutgoingBody(isOpenEnded: body.isOpenEnded) { writer in
            try await body.write { try await writer.write(gzip.compress($0[...], .now)) }
            try await writer.write(gzip.compress([], .finish))
        }
    }

    private static func compressed(_ body: [UInt8], _ gzip: HTTPGzip) -> HTTPOutgoingBody {
        HTTPOutgoingBody { writer in
            for start in stride(from: 0, to: body.count, by: sliceSize) {
                let end = min(body.count, start + sliceSize)
                try await writer.write(gzip.compress(body[start..<end], end == body.count ? .finish : .later))
                await Task.yield()
            }
        }
    }

    // MARK: - What is worth it

    private static func isCompressible(_ response: HTTPResponse) -> Bool {
        let headers = response.headers
        // What was not modified has no type, but varies as what it stands for did.
        if response.status == .notModified { return true }
        guard response.status.allowsBody, response.status != .partialContent, !headers.has("Content-Encoding"),
            !headers.tokens(of: "Cache-Control").contains("no-transform"), let type = headers["Content-Type"]
        else { return false }
        return isText(trimmed(type.prefix { $0 != ";" }).lowercased())
    }

    private static func isText(_ type: String) -> Bool {
        if type == "text/event-stream" { return false }
        return type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || ["json", "xml", "javascript", "yaml", "wasm", "x-ndjson"].contains { type == "application/\($0)" }
    }

    private static func addVary(to headers: inout HTTPHeaders) {
        let names = headers.tokens(of: "Vary")
        if !names.contains("accept-encoding"), !names.contains("*") { headers.append("Vary", "Accept-Encoding") }
    }
}
