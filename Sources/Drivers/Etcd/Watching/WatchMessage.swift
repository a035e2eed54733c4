import Basics
import JSONText

/// One line of a watch's stream.
enum WatchMessage: Equatable {
    /// The server has begun the watch, at its revision of that moment.
    case created(EtcdHeader)
    /// The server ends the watch. A revision other than 0 says up to where the history was thrown away.
    case cancelled(compacted: Int64, reason: String)
    /// Something happened.
    case events([EtcdEvent])
    /// Nothing happened, and the server is there.
    case progress
    /// The stream has broken, in gRPC's words.
    case complaint(EtcdComplaint)

    init(reading json: inout JSONCursor) throws(JSONFault) {
        if try json.has("error") {
            guard let complaint = EtcdComplaint(try JSON(reading: &json)) else {
                throw json.fault("the error of a stream has no message")
            }
            self = .complaint(complaint)
            return
        }
        self = try json.required("result") { json throws(JSONFault) in
            let header = try EtcdHeader(of: &json)
            if try json.flag("canceled") {
                let compacted: Int64 = try json.whole("compact_revision")
                return .cancelled(compacted: compacted, reason: try json.words("cancel_reason"))
            }
            if try json.flag("created") { return .created(header) }
            let events = try json.list("events") { json throws(JSONFault) in try EtcdEvent(reading: &json) }
            return events.isEmpty ? .progress : .events(events)
        }
    }
}

extension EtcdEvent {
    init(reading json: inout JSONCursor) throws(JSONFault) {
        kind = try json.words("type") == "DELETE" ? .delete : .put
        value = try json.required("kv") { json throws(JSONFault) in try EtcdKeyValue(reading: &json) }
        previous = try json.optional("prev_kv") { json throws(JSONFault) in try EtcdKeyValue(reading: &json) }
    }
}
