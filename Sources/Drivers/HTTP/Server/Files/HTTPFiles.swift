import Basics
public import Loop

/// The files of a folder as responses: with validators, conditions and ranges, in constant memory.
///
///     let files = HTTPFiles(in: "/srv/page", on: loop)
///     router.get("/page/{path...}", "The files of the page.") { request in
///         try await files.respond(to: request, path: request.parameter("path"))
///     }
///
/// No name leads out of the folder: links are not followed, and names that begin with a dot are not served, save below
/// `.well-known`. Whatever blocks runs on the threads of the loop. A file that is cut short while it is sent cuts the
/// response; one that is replaced by another of the same name is sent as it was.
public struct HTTPFiles: Sendable {
    private static let pieceSize = 128 << 10

    private let folder: String
    private let loop: EventLoop
    /// What clients and caches are told about keeping a file; by default they ask each time whether it is still true.
    public var cacheControl = "no-cache"
    /// The file that stands for its folder; nil when a folder is nothing.
    public var index: String? = "index.html"

    /// The files below `folder`.
    public init(in folder: String, on loop: EventLoop) {
        self.folder = folder
        self.loop = loop
    }

    /// Answers a GET or HEAD request for the file at `path`, relative to the folder and decoded; a 404 when there is
    /// none.
    public func respond(to request: HTTPRequest, path: String) async throws -> HTTPResponse {
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if segments.last == "", let index { segments[segments.count - 1] = index }
        let (names, folder) = (segments, folder)
        guard names.allSatisfy(Self.isServed(names)), let name = names.last,
            let file = try await loop.blocking({ try HTTPFile.open(names, below: folder) })
        else { throw HTTPProblem(.notFound, "nothing stands at this path") }
        return response(to: request, file, type: HTTPMediaType.of(name))
    }

    /// Whether a segment may be part of the path of a file that is served.
    private static func isServed(_ segments: [String]) -> (String) -> Bool {
        let isPublic = segments.first == ".well-known"
        return { segment in
            let isHidden = segment.hasPrefix(".") && !(isPublic && segment == ".well-known")
            return !segment.isEmpty && !isHidden && !segment.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
        }
    }

    private func response(to request: HTTPRequest, _ file: HTTPFile, type: String) -> HTTPResponse {
        var headers: HTTPHeaders = [
            "ETag": file.validators.tag, "Last-Modified": file.validators.modifiedText,
            "Cache-Control": cacheControl,
        ]
        switch HTTPConditions.outcome(of: request, file.validators) {
        case .notModified: return HTTPResponse(.notModified, headers: headers)
        case .failed: return .problem(.preconditionFailed)
        case .proceed: break
        }
        headers.append("Content-Type", type)
        headers.append("Accept-Ranges", "bytes")
        let takesRange = request.method == .get && HTTPConditions.allowsRange(request, file.validators)
        switch HTTPByteRange(takesRange ? request.headers["Range"] : nil, of: file.size) {
        case .whole: return stream(0..<file.size, of: file, .ok, headers)
        case .part(let range):
            headers.append("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)")
            return stream(range, of: file, .partialContent, headers)
        case .unsatisfiable:
            return HTTPProblem(.rangeNotSatisfiable, headers: ["Content-Range": "bytes */\(file.size)"]).response
        }
    }

    private func stream(
        _ range: Range<Int>, of file: HTTPFile, _ status: HTTPStatus, _ headers: HTTPHeaders
    ) -> HTTPResponse {
        let loop = loop
        return .stream(status, headers: headers, length: range.count) { writer in
            var place = range.lowerBound
            while place < range.upperBound {
                let (start, count) = (place, min(Self.pieceSize, range.upperBound - place))
                let piece = try await loop.blocking { try file.read(at: start, atMost: count) }
                try await writer.write(piece)
                place += piece.count
            }
        }
    }
}
