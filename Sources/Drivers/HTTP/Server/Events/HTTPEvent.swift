import Basics

/// An event of a stream of events, as browsers read it (`EventSource`).
public struct HTTPEvent: Hashable, Sendable {
    /// Where a client that comes back asks to go on; nil leaves the last one.
    public var id: String?
    /// What kind of event it is; nil for a `message`.
    public var name: String?
    /// The content, of one line or more.
    public var data: String

    /// An event.
    public init(_ data: String, name: String? = nil, id: String? = nil) {
        self.id = id
        self.name = name
        self.data = data
    }

    /// The lines of the event; throws when its id or name could end its line.
    func text() throws(ParlorError) -> String {
        var text = ""
        for (field, value) in [("id", id), ("event", name)] {
            guard let value else { continue }
            guard !value.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" || $0 == "\0" }) else {
                throw ParlorError(.malformed, "an event cannot be sent", why: "its \(field) has more than one line")
            }
            text += "\(field): \(value)\n"
        }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isLineEnd) {
            text += "data: \(line)\n"
        }
        return text + "\n"
    }
}

extension Character {
    /// Whether a reader of events ends a line here.
    fileprivate var isLineEnd: Bool { self == "\n" || self == "\r" || self == "\r\n" }
}

extension HTTPRequest {
    /// The id of the last event that a client got which has come back; nil for one that is new.
    public var lastEventID: String? { headers["Last-Event-ID"] }
}
