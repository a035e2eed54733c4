import Basics

/// The file that configures pgBackRest, as text. It holds keys, so only its owner may read it.
package struct PgBackRestConfiguration: Equatable, Sendable {
    /// The name of the cluster in every repository.
    package static let stanza = "parlor"

    /// A server whose data is backed up, and how it is reached.
    package struct Server: Hashable, Sendable {
        /// Its name, for people.
        package var name: String
        /// The folder of its data.
        package var data: String
        /// The folder of its socket.
        package var socket: String
        /// The port that names the socket.
        package var port: Int

        /// A server.
        package init(_ name: String, data: String, socket: String, port: Int) {
            self.name = name
            self.data = data
            self.socket = socket
            self.port = port
        }
    }

    /// The repositories.
    package var repositories: [BackupRepository]
    /// The servers: one of them for those that only push or fetch the log.
    package var servers: [Server]
    /// The folder of what it keeps while it works: locks, and log on its way.
    package var folder: String
    /// How many processes compress and encrypt at a time.
    package var processes: Int
    /// How many seconds to wait until a file of the log is in the repositories.
    package var archiveWait = 60
    /// Whether a replica among the servers is read in place of the primary.
    package var readsReplica = false

    /// A configuration.
    package init(_ repositories: [BackupRepository], servers: [Server], folder: String, processes: Int) {
        self.repositories = repositories
        self.servers = servers
        self.folder = folder
        self.processes = processes
    }

    /// The folders that must be there.
    package var folders: [String] {
        [folder] + ["lock", "spool"].map { "\(folder)/\($0)" }
            + repositories.compactMap { if case .folder(let path) = $0.place { path } else { nil } }
    }

    /// The file.
    package var file: String {
        let sections = [
            ("global", global), (Self.stanza, servers.enumerated().flatMap { server($0.element, $0.offset + 1) }),
        ]
        return sections.map { name, options in
            "[\(name)]\n" + options.map { "\($0.0)=\($0.1)\n" }.joined()
        }.joined(separator: "\n")
    }

    private var global: [(String, String)] {
        var options = repositories.flatMap(repository)
        options += [
            // The fastest that still makes a fifth of what a database holds.
            ("compress-type", "zst"), ("compress-level", "1"), ("process-max", "\(processes)"),
            ("lock-path", "\(folder)/lock"), ("spool-path", "\(folder)/spool"),
            ("start-fast", "y"), ("archive-timeout", "\(archiveWait)"),
            // What it says is read by whoever runs it.
            ("log-level-file", "off"), ("log-level-console", "off"), ("log-level-stderr", "warn"),
            ("log-timestamp", "n"),
        ]
        // Over a network each file of the log takes its time, so several go at once.
        if repositories.contains(where: \.isRemote) {
            options += [
                ("archive-async", "y"), ("io-timeout", "30"), ("protocol-timeout", "120"), ("db-timeout", "110"),
            ]
        }
        if readsReplica { options.append(("backup-standby", "y")) }
        return options
    }

    /// Nothing is ever expired by age: `RetentionPlan` says what goes.
    private func repository(_ repository: BackupRepository) -> [(String, String)] {
        var options: [(String, String)] = []
        switch repository.place {
        case .folder(let path):
            options = [("path", path)]
        case .s3(let s3):
            options = [
                ("type", "s3"), ("path", "/\(s3.prefix)"), ("s3-bucket", s3.bucket), ("s3-endpoint", s3.endpoint),
                ("s3-region", s3.region), ("s3-key", s3.accessKey), ("s3-key-secret", s3.secretKey.reveal()),
                ("s3-uri-style", s3.isInPath ? "path" : "host"), ("storage-port", "\(s3.port)"),
            ]
            if let authority = s3.authority { options.append(("storage-ca-file", authority)) }
        }
        options += [
            ("cipher-type", "aes-256-cbc"), ("cipher-pass", repository.key.reveal()),
            // A database has more than a thousand files of some pages; each by itself would wait for the disk or the network.
            ("bundle", "y"),
            ("retention-full", "9999999"), ("retention-archive-type", "full"), ("retention-archive", "9999999"),
        ]
        return options.map { ("repo\(repository.number)-\($0.0)", $0.1) }
    }

    private func server(_ server: Server, _ number: Int) -> [(String, String)] {
        [
            ("path", server.data), ("socket-path", server.socket), ("port", "\(server.port)"), ("user", "postgres"),
            ("database", "postgres"),
        ].map { ("pg\(number)-\($0.0)", $0.1) }
    }
}

extension BackupRepository {
    /// Whether it is on another machine.
    package var isRemote: Bool { if case .s3 = place { true } else { false } }
}
