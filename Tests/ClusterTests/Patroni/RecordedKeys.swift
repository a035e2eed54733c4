import Etcd

/// What Patroni 4.1.5 kept in etcd of a cluster of three nodes that were well.
enum RecordedKeys {
    /// The lease of each node; that of the first holds the leader's key too.
    static let leases: [EtcdLease.Identity] = [
        .number(3_724_936_482_407_139_083), .number(3_724_936_482_407_139_093), .number(3_724_936_482_407_139_081),
    ]

    /// A primary.
    static let primary = """
        {"conn_url":"postgres://127.0.0.1:25532/postgres","api_url":"https://127.0.0.1:28109/patroni","state":"running",
        "role":"primary","version":"4.1.5","xlog_location":67109000,"timeline":1}
        """

    /// A replica that streams.
    static let replica = """
        {"conn_url":"postgres://127.0.0.1:25533/postgres","api_url":"https://127.0.0.1:28110/patroni","state":"running",
        "role":"replica","version":"4.1.5","xlog_location":67109000,"replay_lsn":67109000,"receive_lsn":67109000,
        "replication_state":"streaming","timeline":1}
        """

    /// A replica that has lost its primary.
    static let orphan = """
        {"conn_url":"postgres://127.0.0.1:25534/postgres","api_url":"https://127.0.0.1:28111/patroni","state":"running",
        "role":"replica","version":"4.1.5","xlog_location":100663392,"replay_lsn":100663392,"receive_lsn":100663392,
        "timeline":2}
        """

    /// A former primary that has stopped.
    static let demoted = """
        {"conn_url":"postgres://127.0.0.1:25533/postgres","api_url":"https://127.0.0.1:28110/patroni","state":"stopped",
        "role":"demoted","version":"4.1.5"}
        """

    /// A replica whose PostgreSQL was killed.
    static let crashed = """
        {"conn_url":"postgres://127.0.0.1:25534/postgres","api_url":"https://127.0.0.1:28111/patroni","state":"crashed",
        "role":"replica","version":"4.1.5"}
        """

    /// A node that has been promoted and does not hold the leader's key yet.
    static let promoted = """
        {"conn_url":"postgres://127.0.0.1:25532/postgres","api_url":"https://127.0.0.1:28109/patroni","state":"running",
        "role":"promoted","version":"4.1.5","xlog_location":100663616,"timeline":3}
        """

    /// Everything below `/service/parlor/`, in the order of the keys.
    static let all = [
        EtcdKeyValue("/service/parlor/config", #"{"ttl":20,"loop_wait":1,"retry_timeout":5}"#),
        EtcdKeyValue("/service/parlor/failsafe", #"{"node1":"https://127.0.0.1:28109/patroni"}"#),
        EtcdKeyValue("/service/parlor/history", "[]"),
        EtcdKeyValue("/service/parlor/initialize", "7710650300019493125"),
        EtcdKeyValue("/service/parlor/leader", "node1", lease: leases[0]),
        EtcdKeyValue("/service/parlor/members/node1", primary, lease: leases[0]),
        EtcdKeyValue("/service/parlor/members/node2", replica, lease: leases[1]),
        EtcdKeyValue("/service/parlor/members/node3", replica, lease: leases[2]),
        EtcdKeyValue("/service/parlor/status", #"{"optime":67109000,"slots":{"node2":67109000}}"#),
        EtcdKeyValue("/service/parlor/sync", #"{"leader":"node1","quorum":0,"sync_standby":"node3"}"#),
    ]
}
