package import Basics
import Configuration

/// What all nodes of a cluster agree on; Patroni keeps it in etcd and every node follows it there.
package struct PatroniSettings: Equatable, Sendable {
    /// How quickly a failure is believed.
    package var profile: FailoverProfile
    /// When a commit is acknowledged.
    package var durability: Durability
    /// The number of nodes.
    package var nodes: Int
    /// PostgreSQL's settings that must be the same everywhere.
    package var parameters: [(name: String, value: String)]

    /// How much a replica may lack of the log and still be promoted, where commits do not wait for replicas.
    package static let lagLimit = ByteCount.megabytes(1)

    /// Settings.
    package init(
        profile: FailoverProfile = .default, durability: Durability = .synchronous, nodes: Int,
        parameters: [(name: String, value: String)]
    ) {
        self.profile = profile
        self.durability = durability
        self.nodes = nodes
        self.parameters = parameters
    }

    /// Equal when Patroni would be told the same.
    package static func == (left: PatroniSettings, right: PatroniSettings) -> Bool { left.json == right.json }

    /// As Patroni's dynamic configuration.
    package var json: JSON {
        [
            "ttl": .integer(profile.lease),
            "loop_wait": .integer(profile.interval),
            "retry_timeout": .integer(profile.retry),
            "maximum_lag_on_failover": .integer(Self.lagLimit.bytes),
            "check_timeline": true,
            // A primary that crashed hands over instead of recovering: the others have all that was acknowledged.
            "primary_start_timeout": .integer(durability == .asynchronous ? 300 : 0),
            "primary_stop_timeout": 5,
            "synchronous_mode": .bool(durability != .asynchronous),
            "synchronous_mode_strict": .bool(durability == .strict),
            "synchronous_node_count": 1,
            // Cut off from etcd, a primary that still reaches every other node goes on.
            "failsafe_mode": true,
            "postgresql": [
                "use_pg_rewind": true,
                "use_slots": true,
                // What cannot be rewound is kept until somebody asks for a rebuild, which sets it aside.
                "remove_data_directory_on_rewind_failure": false,
                "remove_data_directory_on_diverged_timelines": false,
                "parameters": .object(parameters.map { JSON.Member($0.name, .string($0.value)) }),
            ],
        ]
    }
}
