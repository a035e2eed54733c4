import Basics

/// The systemd unit that runs the agent of a host.
package struct ServiceUnit: Equatable, Sendable {
    /// What systemctl calls it.
    package static let name = "parlor.service"

    /// The user that everything runs as.
    package var user: String
    /// Whether the configuration names files in somebody's home, which the unit can then read.
    package var readsHomes: Bool

    /// A unit.
    package init(user: String, readsHomes: Bool = false) {
        self.user = user
        self.readsHomes = readsHomes
    }

    /// What does not become better by trying again: somebody must change the configuration or the machine.
    static let finalCodes: [ErrorCode] = [
        .usage, .configuration, .stateFolderForeign, .stateFolderNewer, .engineMissing, .engineUnsupported,
    ]

    /// The service, a pooler, Redis, a node and etcd stop one after the other, in at most 15, 25, 15, 70 and 10
    /// seconds; what has not by then is killed.
    static let stopLimit = Duration.seconds(180)

    /// The file's text. It names the places of the machine that it will run on, whatever root it is written below.
    package var text: String {
        let places = InstalledPlaces()
        return """
            # Written by "parlor install", which replaces it. What you want otherwise goes into a drop-in, which stays:
            # systemctl edit parlor

            [Unit]
            Description=Parlor, the PostgreSQL platform and the booking service on it
            Wants=network-online.target
            # What else there is of these binds its ports first, so that Parlor sees which are taken
            After=network-online.target postgresql.service pgbouncer.service etcd.service redis-server.service
            # Tried again for as long as it takes
            StartLimitIntervalSec=0

            [Service]
            # Ready when every part is. A host may wait for the others of its cluster, so the start has no limit.
            Type=notify
            NotifyAccess=main
            TimeoutStartSec=infinity
            User=\(user)
            ExecStart=\(places.program) agent --config \(places.configuration)
            StateDirectory=parlor/state
            StateDirectoryMode=0700
            WorkingDirectory=\(places.state)
            UMask=0077

            # The agent stops its parts in order; only what is left after that is killed
            KillMode=mixed
            KillSignal=SIGTERM
            TimeoutStopSec=\(Self.stopLimit.components.seconds)
            # Not where trying again cannot help: "parlor help agent" says what these statuses mean
            Restart=on-failure
            RestartSec=2
            RestartPreventExitStatus=\(Self.finalCodes.map { "\($0.exitStatus)" }.joined(separator: " "))

            # A backend that the kernel kills is PostgreSQL's to handle, and no reason to end the host
            OOMPolicy=continue
            OOMScoreAdjust=-500
            LimitNOFILE=262144
            TasksMax=infinity

            NoNewPrivileges=yes
            CapabilityBoundingSet=
            ProtectSystem=strict
            ProtectHome=\(readsHomes ? "read-only" : "yes")
            PrivateTmp=yes
            PrivateDevices=yes
            ProtectClock=yes
            ProtectControlGroups=yes
            ProtectHostname=yes
            ProtectKernelLogs=yes
            ProtectKernelModules=yes
            ProtectKernelTunables=yes
            RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            SystemCallArchitectures=native

            [Install]
            WantedBy=multi-user.target

            """
    }
}
