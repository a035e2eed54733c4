import Digests
import JSONText

/// What must hold of a key for a transaction to do what it is for.
public struct EtcdComparison: Hashable, Sendable {
    /// How the key's property must stand to the one that is given.
    public enum Relation: String, Hashable, Sendable {
        /// They are the same.
        case equal = "EQUAL"
        /// They differ.
        case notEqual = "NOT_EQUAL"
        /// The key's is larger.
        case greater = "GREATER"
        /// The key's is smaller.
        case less = "LESS"
    }

    private enum Property: Hashable {
        case value([UInt8])
        case version(Int64)
        case createRevision(Int64)
        case modRevision(Int64)
        case lease(Int64)
    }

    private let key: EtcdKey
    private let relation: Relation
    private let property: Property

    /// The value; never holds for a key that is not there.
    public static func value(of key: EtcdKey, _ relation: Relation, _ value: [UInt8]) -> EtcdComparison {
        EtcdComparison(key: key, relation: relation, property: .value(value))
    }

    /// How often it was written; 0 for a key that is not there.
    public static func version(of key: EtcdKey, _ relation: Relation, _ version: Int64) -> EtcdComparison {
        EtcdComparison(key: key, relation: relation, property: .version(version))
    }

    /// The revision that made it; 0 for a key that is not there.
    public static func createRevision(
        of key: EtcdKey, _ relation: Relation, _ revision: Int64
    ) -> EtcdComparison {
        EtcdComparison(key: key, relation: relation, property: .createRevision(revision))
    }

    /// The revision that changed it last; 0 for a key that is not there.
    public static func modRevision(
        of key: EtcdKey, _ relation: Relation, _ revision: Int64
    ) -> EtcdComparison {
        EtcdComparison(key: key, relation: relation, property: .modRevision(revision))
    }

    /// The lease with which it ends; nil for none.
    public static func lease(
        of key: EtcdKey, _ relation: Relation, _ lease: EtcdLease.Identity?
    ) -> EtcdComparison {
        EtcdComparison(key: key, relation: relation, property: .lease(lease?.number ?? 0))
    }

    /// The key is not there.
    public static func isMissing(_ key: EtcdKey) -> EtcdComparison { .createRevision(of: key, .equal, 0) }
}

extension EtcdComparison {
    func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("key", Base64.text(key.bytes))
            json.member("result", relation.rawValue)
            switch property {
            case .value(let bytes):
                json.member("target", "VALUE")
                json.member("value", Base64.text(bytes))
            case .version(let number):
                json.member("target", "VERSION")
                json.member("version", number)
            case .createRevision(let number):
                json.member("target", "CREATE")
                json.member("create_revision", number)
            case .modRevision(let number):
                json.member("target", "MOD")
                json.member("mod_revision", number)
            case .lease(let number):
                json.member("target", "LEASE")
                json.member("lease", number)
            }
        }
    }
}
