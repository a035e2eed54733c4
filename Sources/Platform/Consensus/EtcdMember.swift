package import Basics
package import HTTP

/// A member of the etcd cluster in which Patroni keeps who leads.
package struct EtcdMember: Equatable, Sendable {
    /// Another member, or this one, as all of them must know it at the first start.
    package struct Peer: Equatable, Sendable {
        /// The name.
        package var name: String
        /// The numeric address at which the others reach it.
        package var host: String
        /// The port for the other members.
        package var port: Int

        /// A member's place.
        package init(name: String, host: String, port: Int) {
            self.name = name
            self.host = host
            self.port = port
        }

        /// The address as the others are told it.
        package var address: String { EtcdMember.address(host, port) }
    }

    /// PEM files with which a member proves who it is, to clients and to the other members.
    package struct Certificates: Equatable, Sendable {
        /// The authority that has issued every certificate of the cluster.
        package var authority: String
        /// The member's certificate, for serving and for calling.
        package var certificate: String
        /// The key to it.
        package var key: String

        /// Names the files.
        package init(authority: String, certificate: String, key: String) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    /// Whether the cluster begins with this member, or is there already.
    package enum Beginning: String, Equatable, Sendable {
        /// All members of the initial cluster begin together.
        case new
        /// The cluster runs, and has been told of this member.
        case existing
    }

    /// Its name, which no other member has.
    package var name: String
    /// The folder of its configuration and its marker; its data lies in `data` below it unless told otherwise.
    package var folder: String
    /// The folder of its data.
    package var dataFolder: String
    /// The numeric address that it listens at and is reached by.
    package var host: String
    /// The port for clients.
    package var clientPort: Int
    /// The port for the other members.
    package var peerPort: Int
    /// Who it is.
    package var certificates: Certificates
    /// A random word that no other cluster has, so that members of two clusters never take each other for their own.
    package var token: String
    /// All members with which the cluster begins, this one included.
    package var initialCluster: [Peer]
    /// Whether the cluster is there already.
    package var beginning: Beginning
    /// How often the leader tells the others that it is there.
    package var heartbeat = Duration.milliseconds(100)
    /// How long the others wait for that before they elect another one.
    package var election = Duration.milliseconds(1000)
    /// How large the data may become; then etcd accepts no more writes.
    package var quota = ByteCount.gigabytes(2)
    /// How much of the history is kept, for watches that come back.
    package var history = Duration.seconds(3600)

    /// A member with the usual times and limits.
    package init(
        name: String, folder: String, host: String, clientPort: Int, peerPort: Int, certificates: Certificates,
        token: String, initialCluster: [Peer], beginning: Beginning = .new
    ) {
        self.name = name
        self.folder = folder
        self.dataFolder = "\(folder)/data"
        self.host = host
        self.clientPort = clientPort
        self.peerPort = peerPort
        self.certificates = certificates
        self.token = token
        self.initialCluster = initialCluster
        self.beginning = beginning
    }

    /// Where clients reach it; nil when the host or the port cannot be one.
    package var endpoint: HTTPOrigin? { HTTPOrigin(.https, host: host, port: clientPort) }

    static func address(_ host: String, _ port: Int) -> String {
        "https://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
