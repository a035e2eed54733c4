package import Basics

extension EtcdMember {
    /// Where the configuration is written to.
    package var configurationPath: String { "\(folder)/etcd.yaml" }

    /// The configuration as etcd reads it. It names files with keys, and holds no secret itself.
    package var configurationFile: String {
        let client = quoted(Self.address(host, clientPort))
        let peer = quoted(Self.address(host, peerPort))
        let cluster = initialCluster.map { "\($0.name)=\($0.address)" }.joined(separator: ",")
        return """
            # Written by Parlor at every start.
            name: \(quoted(name))
            data-dir: \(quoted(dataFolder))

            listen-client-urls: \(client)
            advertise-client-urls: \(client)
            listen-peer-urls: \(peer)
            initial-advertise-peer-urls: \(peer)

            # These count at the first start alone; later the data says who the members are.
            initial-cluster: \(quoted(cluster))
            initial-cluster-token: \(quoted(token))
            initial-cluster-state: \(beginning.rawValue)
            strict-reconfig-check: true

            client-transport-security:
            \(transport)
            peer-transport-security:
            \(transport)

            heartbeat-interval: \(heartbeat.milliseconds)
            election-timeout: \(election.milliseconds)
            # A member that was cut off does not depose a leader that the others follow.
            pre-vote: true

            quota-backend-bytes: \(quota.bytes)
            auto-compaction-mode: periodic
            auto-compaction-retention: \(quoted("\(history.milliseconds / 1000)s"))
            snapshot-count: 10000
            experimental-initial-corrupt-check: true
            # In nanoseconds: how soon a watch can tell that its member has fallen silent.
            experimental-watch-progress-notify-interval: 1000000000

            # Off by default for those who configure by a file; Parlor speaks to etcd through it.
            enable-grpc-gateway: true
            enable-v2: false
            logger: zap
            log-outputs: [stderr]
            log-level: warn

            """
    }

    private var transport: String {
        """
          trusted-ca-file: \(quoted(certificates.authority))
          cert-file: \(quoted(certificates.certificate))
          key-file: \(quoted(certificates.key))
          client-cert-auth: true
        """
    }

    /// What cannot work is said before anything is written.
    package func check() throws(ParlorError) {
        let names = [name] + initialCluster.map(\.name)
        let isSound = names.allSatisfy { name in
            !name.isEmpty && name.utf8.allSatisfy { Self.isPlain($0) }
        }
        guard isSound else {
            throw ParlorError(
                .configuration, "a member of etcd has an unusable name",
                hint: "Use letters, digits, dots and dashes only.")
        }
        guard Set(initialCluster.map(\.name)).count == initialCluster.count, names.dropFirst().contains(name) else {
            throw ParlorError(
                .configuration, "the initial cluster of etcd does not fit its member \(name)",
                why: "each member must stand there once, this one too", hint: "Correct the list of hosts.")
        }
        // etcd's own rule; with less, elections follow each other on a loaded machine.
        guard election >= heartbeat * 5, election <= .seconds(50) else {
            throw ParlorError(
                .configuration, "etcd cannot elect a leader within \(election.brief)",
                why: "heartbeats come every \(heartbeat.brief)",
                hint: "Let the election take from 5 heartbeats to 50 seconds.")
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A text of JSON is one of YAML too.
    private func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSON.writeQuoted(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
