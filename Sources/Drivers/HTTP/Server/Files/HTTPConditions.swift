import Basics

/// What tells one state of a resource from another.
struct HTTPValidators: Equatable {
    /// The entity tag in its quotes, strong unless it begins with `W/`.
    let tag: String
    /// When the resource last changed; its fraction of a second is not told to clients.
    let modified: Timestamp

    var modifiedText: String { HTTPDate.text(modified) }
}

/// What the conditional fields of a request ask for (RFC 9110, section 13.2.2).
enum HTTPConditions {
    /// What to answer.
    enum Outcome: Equatable {
        /// The request as if it had no condition.
        case proceed
        /// 304: the client has what it would get.
        case notModified
        /// 412: the resource is not what the client relies on.
        case failed
    }

    /// Weighs the conditions of a request against what is there now, in the order of the specification.
    static func outcome(of request: HTTPRequest, _ now: HTTPValidators) -> Outcome {
        let headers = request.headers
        if headers.has("If-Match") {
            guard matches(headers.values(of: "If-Match"), now.tag, weakly: false) else { return .failed }
        } else if let limit = headers["If-Unmodified-Since"].flatMap(HTTPDate.moment) {
            guard seconds(now.modified) <= seconds(limit) else { return .failed }
        }
        let isRead = request.method == .get || request.method == .head
        if headers.has("If-None-Match") {
            guard matches(headers.values(of: "If-None-Match"), now.tag, weakly: true) else { return .proceed }
            return isRead ? .notModified : .failed
        }
        if isRead, let since = headers["If-Modified-Since"].flatMap(HTTPDate.moment) {
            return seconds(now.modified) <= seconds(since) ? .notModified : .proceed
        }
        return .proceed
    }

    /// Whether a range of the resource may be sent: without `If-Range`, or when it names exactly what is there now.
    static func allowsRange(_ request: HTTPRequest, _ now: HTTPValidators) -> Bool {
        guard let condition = request.headers["If-Range"] else { return true }
        return condition == now.tag && !condition.hasPrefix("W/") || condition == now.modifiedText
    }

    private static func seconds(_ moment: Timestamp) -> Int64 { moment.microseconds / 1_000_000 }

    /// Whether one of the tags in the lists is `tag`, or the list is a star.
    private static func matches(_ lists: [String], _ tag: String, weakly: Bool) -> Bool {
        lists.contains { list in
            if list == "*" { return true }
            return tags(in: list).contains { weakly ? opaque($0) == opaque(tag) : $0 == tag && !$0.hasPrefix("W/") }
        }
    }

    private static func opaque(_ tag: String) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...] }

    /// The entity tags of a list. They may hold commas, so the quotes tell where one ends.
    private static func tags(in list: String) -> [String] {
        var tags: [String] = []
        var rest = list[...]
        while let quote = rest.firstIndex(of: "\"") {
            let isWeak = rest[..<quote].hasSuffix("W/")
            let inside = rest[quote...].dropFirst()
            guard let end = inside.firstIndex(of: "\"") else { break }
            tags.append("\(isWeak ? "W/" : "")\"\(inside[..<end])\"")
            rest = inside[end...].dropFirst()
        }
        return tags
    }
}
