import Digests
import JSONText

/// One step of a transaction.
public enum EtcdOperation: Hashable, Sendable {
    /// Reads some keys.
    case range(EtcdKeys)
    /// Writes a value, which ends with the lease if there is one.
    case put(EtcdKey, [UInt8], lease: EtcdLease.Identity? = nil)
    /// Deletes some keys.
    case delete(EtcdKeys)
}

extension EtcdOperation {
    func write(to json: inout JSONAppender) {
        json.object { json in
            switch self {
            case .range(let keys):
                json.member("request_range") { json in json.object { json in keys.writeMembers(to: &json) } }
            case .put(let key, let value, let lease):
                json.member("request_put") { json in
                    json.object { json in Self.writePut(key, value, lease, to: &json) }
                }
            case .delete(let keys):
                json.member("request_delete_range") { json in json.object { json in keys.writeMembers(to: &json) } }
            }
        }
    }

    static func writePut(
        _ key: EtcdKey, _ value: [UInt8], _ lease: EtcdLease.Identity?, to json: inout JSONAppender
    ) {
        json.member("key", Base64.text(key.bytes))
        json.member("value", Base64.text(value))
        json.optionalMember("lease", lease?.number)
    }
}

extension EtcdKeys {
    func writeMembers(to json: inout JSONAppender) {
        json.member("key", Base64.text(first))
        if !end.isEmpty { json.member("range_end", Base64.text(end)) }
    }
}
