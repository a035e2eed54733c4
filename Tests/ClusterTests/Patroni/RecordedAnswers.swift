/// What Patroni 4.1.5 answered, in states of a cluster of three nodes; each is what stands in the name.
enum RecordedAnswers {
    /// A primary with two replicas.
    static let primary = """
        {"state": "running", "postmaster_start_time": "2026-11-21 15:41:13.860292+00:00", "role": "primary",
        "server_version": 150020, "xlog": {"location": 67109000}, "timeline": 1,
        "replication": [{"usename": "replicator", "application_name": "node3", "client_addr": "127.0.0.1",
        "state": "streaming", "sync_state": "sync", "sync_priority": 1}, {"usename": "replicator",
        "application_name": "node2", "client_addr": "127.0.0.1", "state": "streaming", "sync_state": "async",
        "sync_priority": 0}], "dcs_last_seen": 1795275702, "database_system_identifier": "7710650300019493125",
        "patroni": {"version": "4.1.5", "scope": "parlor", "name": "node1"}}
        """

    /// A replica that is not synchronous.
    static let replica = """
        {"state": "running", "postmaster_start_time": "2026-11-21 15:41:15.509225+00:00", "role": "replica",
        "server_version": 150020, "xlog": {"received_location": 67109000, "replayed_location": 67109000,
        "replayed_timestamp": "2026-11-21 15:41:17.506189+00:00", "paused": false}, "timeline": 1,
        "replication_state": "streaming", "dcs_last_seen": 1795275702,
        "database_system_identifier": "7710650300019493125", "patroni": {"version": "4.1.5", "scope": "parlor",
        "name": "node2"}}
        """

    /// The synchronous replica: its role is told apart.
    static let synchronousReplica = """
        {"state": "running", "postmaster_start_time": "2026-11-21 15:41:15.324035+00:00", "role": "replica",
        "server_version": 150020, "xlog": {"received_location": 67109000, "replayed_location": 67109000,
        "replayed_timestamp": "2026-11-21 15:41:17.506189+00:00", "paused": false}, "sync_standby": true,
        "timeline": 1, "replication_state": "streaming", "dcs_last_seen": 1795275702,
        "database_system_identifier": "7710650300019493125", "patroni": {"version": "4.1.5", "scope": "parlor",
        "name": "node3"}}
        """

    /// A primary after a change of `max_connections`.
    static let primaryThatWantsRestart = """
        {"state": "running", "postmaster_start_time": "2026-11-21 15:41:13.860292+00:00", "role": "primary",
        "server_version": 150020, "xlog": {"location": 67405600}, "timeline": 1,
        "replication": [{"usename": "replicator", "application_name": "node3", "client_addr": "127.0.0.1",
        "state": "streaming", "sync_state": "sync", "sync_priority": 1}, {"usename": "replicator",
        "application_name": "node2", "client_addr": "127.0.0.1", "state": "streaming", "sync_state": "async",
        "sync_priority": 0}], "dcs_last_seen": 1795275895, "database_system_identifier": "7710650300019493125",
        "pending_restart": true, "pending_restart_reason": {"max_connections": {"old_value": "200",
        "new_value": "210"}}, "patroni": {"version": "4.1.5", "scope": "parlor", "name": "node1"}}
        """

    /// The former primary, right after a failover.
    static let demoted = """
        {"state": "stopped", "role": "demoted", "dcs_last_seen": 1795275904,
        "database_system_identifier": "7710650300019493125", "pending_restart": true,
        "pending_restart_reason": {"max_connections": {"old_value": "200", "new_value": "210"}},
        "patroni": {"version": "4.1.5", "scope": "parlor", "name": "node1"}}
        """

    /// A primary whose PostgreSQL was killed a moment ago.
    static let crashed = """
        {"state": "crashed", "role": "primary", "dcs_last_seen": 1795276028,
        "database_system_identifier": "7710650300019493125", "patroni": {"version": "4.1.5", "scope": "parlor",
        "name": "node2"}}
        """

    /// A former primary that starts as a replica, while nobody has replayed a commit.
    static let starting = """
        {"state": "starting", "postmaster_start_time": "2026-11-21 15:47:11.788702+00:00", "role": "replica",
        "server_version": 150020, "xlog": {"received_location": 100663392, "replayed_location": 100663392,
        "replayed_timestamp": null, "paused": false}, "timeline": 2, "dcs_last_seen": 1795276033,
        "database_system_identifier": "7710650300019493125", "patroni": {"version": "4.1.5", "scope": "parlor",
        "name": "node2"}}
        """

    /// A primary that has not reached etcd for 12 seconds, but every other node.
    static let failsafe = """
        {"state": "running", "postmaster_start_time": "2026-11-21 15:45:06.634892+00:00", "role": "primary",
        "server_version": 150020, "xlog": {"location": 100663904}, "timeline": 3,
        "replication": [{"usename": "replicator", "application_name": "node2", "client_addr": "127.0.0.1",
        "state": "streaming", "sync_state": "sync", "sync_priority": 1}], "cluster_unlocked": true,
        "failsafe_mode_is_active": true, "dcs_last_seen": 1795276121,
        "database_system_identifier": "7710650300019493125", "patroni": {"version": "4.1.5", "scope": "parlor",
        "name": "node1"}}
        """

    /// Three nodes that are well.
    static let members = """
        {"members": [{"name": "node1", "role": "leader", "state": "running",
        "api_url": "https://127.0.0.1:28109/patroni", "host": "127.0.0.1", "port": 25532, "timeline": 1},
        {"name": "node2", "role": "replica", "state": "streaming", "api_url": "https://127.0.0.1:28110/patroni",
        "host": "127.0.0.1", "port": 25533, "timeline": 1, "receive_lag": 0, "receive_lsn": "0/4000088",
        "replay_lag": 0, "replay_lsn": "0/4000088", "lag": 0, "lsn": "0/4000088"}, {"name": "node3",
        "role": "sync_standby", "state": "streaming", "api_url": "https://127.0.0.1:28111/patroni",
        "host": "127.0.0.1", "port": 25534, "timeline": 1, "receive_lag": 0, "receive_lsn": "0/4000088",
        "replay_lag": 0, "replay_lsn": "0/4000088", "lag": 0, "lsn": "0/4000088"}], "scope": "parlor"}
        """

    /// The same after a change of `max_connections`.
    static let membersThatWantRestart = """
        {"members": [{"name": "node1", "role": "leader", "state": "running",
        "api_url": "https://127.0.0.1:28109/patroni", "host": "127.0.0.1", "port": 25532, "timeline": 1,
        "pending_restart": true, "pending_restart_reason": {"max_connections": {"old_value": "200",
        "new_value": "210"}}}, {"name": "node2", "role": "replica", "state": "streaming",
        "api_url": "https://127.0.0.1:28110/patroni", "host": "127.0.0.1", "port": 25533, "timeline": 1,
        "pending_restart": true, "pending_restart_reason": {"max_connections": {"old_value": "200",
        "new_value": "210"}}, "receive_lag": 0, "receive_lsn": "0/4048720", "replay_lag": 0,
        "replay_lsn": "0/4048720", "lag": 0, "lsn": "0/4048720"}, {"name": "node3", "role": "sync_standby",
        "state": "streaming", "api_url": "https://127.0.0.1:28111/patroni", "host": "127.0.0.1", "port": 25534,
        "timeline": 1, "pending_restart": true, "pending_restart_reason": {"max_connections": {"old_value": "200",
        "new_value": "210"}}, "receive_lag": 0, "receive_lsn": "0/4048720", "replay_lag": 0,
        "replay_lsn": "0/4048720", "lag": 0, "lsn": "0/4048720"}], "scope": "parlor"}
        """

    /// Right after a failover: nothing is known of the lag of a stopped node.
    static let membersAfterFailover = """
        {"members": [{"name": "node1", "role": "replica", "state": "stopped",
        "api_url": "https://127.0.0.1:28109/patroni", "host": "127.0.0.1", "port": 25532, "pending_restart": true,
        "pending_restart_reason": {"max_connections": {"old_value": "200", "new_value": "210"}},
        "receive_lsn": "unknown", "receive_lag": "unknown", "replay_lsn": "unknown", "replay_lag": "unknown",
        "lsn": "unknown", "lag": "unknown"}, {"name": "node2", "role": "leader", "state": "running",
        "api_url": "https://127.0.0.1:28110/patroni", "host": "127.0.0.1", "port": 25533, "timeline": 2},
        {"name": "node3", "role": "replica", "state": "running", "api_url": "https://127.0.0.1:28111/patroni",
        "host": "127.0.0.1", "port": 25534, "timeline": 1, "pending_restart": true,
        "pending_restart_reason": {"max_connections": {"old_value": "200", "new_value": "210"}}, "receive_lag": 0,
        "receive_lsn": "0/4048848", "replay_lag": 0, "replay_lsn": "0/4048848", "lag": 0, "lsn": "0/4048848"}],
        "scope": "parlor"}
        """

    /// A moment without a leader.
    static let membersBetweenLeaders = """
        {"members": [{"name": "node1", "role": "replica", "state": "running",
        "api_url": "https://127.0.0.1:28109/patroni", "host": "127.0.0.1", "port": 25532, "timeline": 3,
        "receive_lsn": "unknown", "receive_lag": "unknown", "replay_lsn": "unknown", "replay_lag": "unknown",
        "lag": 0, "lsn": "0/6000140"}, {"name": "node2", "role": "replica", "state": "stopped",
        "api_url": "https://127.0.0.1:28110/patroni", "host": "127.0.0.1", "port": 25533, "receive_lsn": "unknown",
        "receive_lag": "unknown", "replay_lsn": "unknown", "replay_lag": "unknown", "lsn": "unknown",
        "lag": "unknown"}, {"name": "node3", "role": "replica", "state": "streaming",
        "api_url": "https://127.0.0.1:28111/patroni", "host": "127.0.0.1", "port": 25534, "timeline": 3,
        "receive_lag": 0, "receive_lsn": "0/6000140", "replay_lag": 0, "replay_lsn": "0/6000140", "lag": 0,
        "lsn": "0/6000140"}], "scope": "parlor"}
        """

    /// A node has been gone for longer than its lease.
    static let membersWithoutOne = """
        {"members": [{"name": "node1", "role": "leader", "state": "running",
        "api_url": "https://127.0.0.1:28109/patroni", "host": "127.0.0.1", "port": 25532, "timeline": 3},
        {"name": "node2", "role": "sync_standby", "state": "streaming",
        "api_url": "https://127.0.0.1:28110/patroni", "host": "127.0.0.1", "port": 25533, "timeline": 3,
        "receive_lag": 0, "receive_lsn": "0/6000260", "replay_lag": 0, "replay_lsn": "0/6000260", "lag": 0,
        "lsn": "0/6000260"}], "scope": "parlor"}
        """

    /// What pg_controldata says of a former primary that wrote on after another had taken over.
    static let controlData = """
        pg_control version number:            1300
        Catalog version number:               202209061
        Database cluster state:               shut down in recovery
        Latest checkpoint location:           0/6008D78
        Latest checkpoint's REDO location:    0/6006980
        Latest checkpoint's REDO WAL file:    000000020000000000000006
        Latest checkpoint's TimeLineID:       2
        Latest checkpoint's PrevTimeLineID:   2
        Time of latest checkpoint:            Sat Nov 21 18:28:53 2026
        """

    /// Two timelines have ended.
    static let history = """
        [[1, 67405896, "no recovery target specified", "2026-11-21T15:45:04.380342+00:00", "node2"], [2, 100663392,
        "no recovery target specified", "2026-11-21T15:47:08.676336+00:00", "node1"]]
        """
}
