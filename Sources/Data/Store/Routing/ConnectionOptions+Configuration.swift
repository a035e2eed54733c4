package import Configuration
package import Postgres

extension ConnectionOptions {
    /// How to connect to a database that the configuration names.
    package init(_ database: Configuration.Database, applicationName: String = "parlor") {
        self.init(
            host: database.host, port: database.port, database: database.name, user: database.user,
            password: database.password, sslMode: SSLMode(rawValue: database.sslMode.rawValue) ?? .verifyFull,
            applicationName: applicationName, connectTimeout: database.connectionTimeout,
            parameters: database.ssl.authority.map { ["sslrootcert": $0] } ?? [:])
    }
}
