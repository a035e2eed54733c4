public import Basics

extension Configuration {
    /// What is kept of the data beside the data, and what proves that it can be had back.
    public struct Backups: Equatable, Sendable {
        /// Whether backups are made at all.
        public var enabled = true
        /// Whether a folder of this machine holds a repository.
        public var local = true
        /// That folder; nil for one in the state folder.
        public var folder: String?
        /// What the repositories are encrypted with; nil when it is generated.
        public var key: Secret?
        /// When the full backup of a day is made, UTC.
        public var fullAt = TimeOfDay(hour: 2, minute: 0)
        /// How long after a backup the next incremental one is made.
        public var incrementalEvery = Duration.seconds(3600)
        /// How long everything is kept, so that each moment of it can be had back, in days.
        public var keepDaily = 7
        /// How long the first full backup of a week is kept, in days.
        public var keepWeekly = 30
        /// How long the first full backup of a month is kept, in days.
        public var keepMonthly = 365
        /// The days between two drills that restore backups; zero for none.
        public var drillDays = 7
        /// How many processes compress and encrypt at a time; nil for one for each core.
        public var processes: Int?
        /// Objects of S3 that hold a repository.
        public var s3 = S3()
        /// Dumps that can be read without Parlor.
        public var portable = Portable()

        /// The defaults.
        public init() {}

        /// Where in S3 a repository is.
        public struct S3: Equatable, Sendable {
            /// The bucket; nil when there is no such repository.
            public var bucket: String?
            /// The host of the service.
            public var endpoint = "s3.amazonaws.com"
            /// The port of the service.
            public var port = 443
            /// The region.
            public var region = "us-east-1"
            /// What the names of all objects begin with.
            public var prefix = "parlor"
            /// The public part of the credentials.
            public var accessKey: String?
            /// The part that signs.
            public var secretKey: Secret?
            /// How a bucket is named in addresses.
            public var addressing = Addressing.host
            /// The authorities that the service's certificate must come from; nil for the system's.
            public var authority: String?

            /// How a bucket is named in addresses.
            public enum Addressing: String, CaseIterable, Sendable {
                /// As the first part of the host's name.
                case host
                /// As the first part of the path.
                case path
            }

            /// The defaults.
            public init() {}
        }

        /// Dumps that can be read without Parlor.
        public struct Portable: Equatable, Sendable {
            /// A public key of GnuPG, or a folder of them; nil when there are no such dumps.
            public var recipients: String?
            /// When the dump of a day is made, UTC.
            public var at = TimeOfDay(hour: 3, minute: 0)

            /// The defaults.
            public init() {}
        }
    }
}

/// A time of each day.
public struct TimeOfDay: Hashable, Sendable {
    /// From 0 to 23.
    public var hour: Int
    /// From 0 to 59.
    public var minute: Int

    /// A time that there is.
    public init(hour: Int, minute: Int) {
        self.hour = hour
        self.minute = minute
    }

    /// Reads `02:00`; nil for anything else.
    public init?(_ text: String) {
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
        guard pieces.count == 2, pieces.allSatisfy({ $0.utf8.count == 2 }), let hour = wholeNumber(String(pieces[0])),
            let minute = wholeNumber(String(pieces[1])), (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        self.init(hour: hour, minute: minute)
    }

    /// As it is written: `02:00`.
    public var text: String { "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)" }

    /// The time since midnight.
    public var sinceMidnight: Duration { .seconds(hour * 3600 + minute * 60) }
}
