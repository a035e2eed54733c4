public import Basics
public import HTTP

/// Who asks.
public struct S3Credentials: Hashable, Sendable {
    /// The public part.
    public var accessKey: String
    /// The part that signs.
    public var secretKey: Secret
    /// What temporary credentials carry besides.
    public var sessionToken: Secret?

    /// Credentials.
    public init(accessKey: String, secretKey: Secret, sessionToken: Secret? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

/// A bucket, and how it is used.
public struct S3Options: Hashable, Sendable {
    /// Where the name of the bucket stands.
    public enum Addressing: Hashable, Sendable {
        /// In the path, which every server understands.
        case path
        /// In the name of the host, which Amazon wants.
        case virtualHost
    }

    /// How an object is written only when there is none.
    public enum Condition: Hashable, Sendable {
        /// The server decides with the writing itself.
        case atomic
        /// By a look beforehand, for servers that cannot do better: two writers at the same moment both succeed.
        case lookBefore
    }

    /// The server.
    public var origin: HTTPOrigin
    /// The bucket.
    public var bucket: String
    /// The region that requests are signed for.
    public var region: String
    /// Who asks.
    public var credentials: S3Credentials
    /// Where the name of the bucket stands.
    public var addressing: Addressing
    /// How an object is written only when there is none.
    public var condition = Condition.atomic
    /// Objects larger than this are written in parts of it; each part that is on its way stands in memory.
    public var partSize = ByteCount.megabytes(8)
    /// How many parts are on their way at the same time.
    public var partsAtOnce = 2
    /// How long a request may take that moves little.
    public var requestLimit = Duration.seconds(60)
    /// How long reading one object or writing one part may take.
    public var transferLimit = Duration.seconds(3600)

    /// A bucket on a server.
    public init(
        origin: HTTPOrigin, bucket: String, region: String = "us-east-1", credentials: S3Credentials,
        addressing: Addressing = .path
    ) {
        self.origin = origin
        self.bucket = bucket
        self.region = region
        self.credentials = credentials
        self.addressing = addressing
    }

    /// The fewest bytes that a part may have, but for the last one.
    static let partSizeMin = ByteCount.megabytes(5)

    func check() throws(ParlorError) {
        let isNamed = bucket.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isNamed, (3...63).contains(bucket.utf8.count), !bucket.contains(".."), bucket.first != ".",
            bucket.last != "."
        else {
            throw ParlorError(
                .configuration, "a bucket cannot have this name",
                hint: "Use 3 to 63 lower-case letters, digits, hyphens and dots.", detail: bucket)
        }
        guard partSize >= Self.partSizeMin, partSize <= .gigabytes(5), partsAtOnce > 0 else {
            throw ParlorError(.configuration, "objects cannot be written in parts of \(partSize)")
        }
    }
}
