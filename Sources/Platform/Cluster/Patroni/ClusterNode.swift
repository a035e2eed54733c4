package import Basics

/// A server of a cluster: where it runs and where it is reached. The same for all who speak of it.
package struct ClusterNode: Hashable, Sendable {
    /// Its name in the cluster, like `node1`; it never changes.
    package var name: String
    /// The address by which the others reach it.
    package var host: String
    /// PostgreSQL's port.
    package var port: Int
    /// The port of Patroni's API.
    package var managementPort: Int

    /// A node.
    package init(name: String, host: String, port: Int, managementPort: Int) {
        self.name = name
        self.host = host
        self.port = port
        self.managementPort = managementPort
    }
}

/// The files by which a part shows who it is and knows the others.
package struct IdentityFiles: Hashable, Sendable {
    /// The certificates of the authorities that are believed.
    package var authority: String
    /// The part's own certificate.
    package var certificate: String
    /// Its key.
    package var key: String

    /// The files.
    package init(authority: String, certificate: String, key: String) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
    }
}

/// The accounts that a cluster works with, apart from the service's own.
package struct ClusterAccounts: Sendable {
    /// May do everything.
    package static let superuser = "postgres"
    /// Copies and follows the primary; the schema knows it by this name.
    package static let replicator = "replicator"
    /// Rewinds a former primary.
    package static let rewinder = "rewinder"
    /// Changes things through Patroni's API.
    package static let management = "parlor"

    /// The superuser's password.
    package var superuser: Secret
    /// The replicator's.
    package var replicator: Secret
    /// The rewinder's.
    package var rewinder: Secret
    /// That of Patroni's API.
    package var management: Secret

    /// Their passwords.
    package init(superuser: Secret, replicator: Secret, rewinder: Secret, management: Secret) {
        self.superuser = superuser
        self.replicator = replicator
        self.rewinder = rewinder
        self.management = management
    }
}
