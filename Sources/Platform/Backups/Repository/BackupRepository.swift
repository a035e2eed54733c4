package import Basics

/// A place that holds backups and the log, encrypted.
package struct BackupRepository: Equatable, Sendable {
    /// Where a repository is.
    package enum Place: Equatable, Sendable {
        /// A folder of this machine.
        case folder(String)
        /// Objects of S3.
        case s3(S3)
    }

    /// Where in S3 a repository is.
    package struct S3: Equatable, Sendable {
        /// The bucket.
        package var bucket: String
        /// The host of the service.
        package var endpoint: String
        /// The port of the service.
        package var port: Int
        /// The region.
        package var region: String
        /// What the names of all objects begin with, without slashes at its ends.
        package var prefix: String
        /// The public part of the credentials.
        package var accessKey: String
        /// The part that signs.
        package var secretKey: Secret
        /// Whether the bucket is the first part of the path instead of the host's name.
        package var isInPath: Bool
        /// The authorities that the service's certificate must come from; nil for the system's.
        package var authority: String?

        /// A place in S3.
        package init(
            bucket: String, endpoint: String, port: Int, region: String, prefix: String, accessKey: String,
            secretKey: Secret, isInPath: Bool, authority: String?
        ) {
            self.bucket = bucket
            self.endpoint = endpoint
            self.port = port
            self.region = region
            self.prefix = prefix
            self.accessKey = accessKey
            self.secretKey = secretKey
            self.isInPath = isInPath
            self.authority = authority
        }
    }

    /// Where it is.
    package var place: Place
    /// What everything in it is encrypted with.
    package var key: Secret

    /// A repository.
    package init(_ place: Place, key: Secret) {
        self.place = place
        self.key = key
    }

    /// The number that pgBackRest knows it by. It hangs on the kind of place alone, so that one is still the same when the
    /// other comes or goes.
    package var number: Int {
        switch place {
        case .folder: 1
        case .s3: 2
        }
    }

    /// Where it is, for people.
    package var name: String {
        switch place {
        case .folder(let path): path
        case .s3(let s3): "s3://\(s3.bucket)/\(s3.prefix)"
        }
    }
}
