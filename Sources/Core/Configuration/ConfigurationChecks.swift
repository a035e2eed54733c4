import Basics
import Glibc

/// What can only be said about values once all of them are known.
struct ConfigurationChecks {
    private let database: Configuration.Database
    private let hosts: [HostList.Host]
    private let backups: Configuration.Backups
    let email: Configuration.Notifications.Email
    private let origins: [String: ConfigurationOrigin]

    init(_ configuration: Configuration, _ origins: [String: ConfigurationOrigin]) {
        self.database = configuration.database
        hosts = configuration.hosts.all
        backups = configuration.backups
        email = configuration.notifications.email
        self.origins = origins
    }

    /// Values that contradict each other or the machine.
    var faults: [ConfigurationFault] {
        foreignServer + programs + certificate + sharedAddresses + repositories + mail
    }

    /// Values that work and do not do what their author may believe.
    var warnings: [ConfigurationWarning] { unusedRedis + largePool + fewHosts }

    func origin(_ key: String) -> ConfigurationOrigin { origins[key] ?? .standard }

    func fault(_ key: String, is given: String, _ expected: String) -> ConfigurationFault {
        ConfigurationFault(origin(key), key: key, is: quoted(given), value: given, expected: expected)
    }

    private var foreignServer: [ConfigurationFault] {
        guard database.managed, !database.isLocal else { return [] }
        let expected = "false, since database.host \(quoted(database.host)) is not this machine"
        var fault = ConfigurationFault(
            origin("database.managed"), key: "database.managed", is: "true", value: "true", expected: expected)
        fault.hint = "Leave database.managed out, or leave database.host out for a private server."
        return [fault]
    }

    private var programs: [ConfigurationFault] {
        guard let folder = database.binaries else { return [] }
        let missing = ["postgres", "initdb"].filter { access("\(folder)/\($0)", X_OK) != 0 }
        guard !missing.isEmpty else { return [] }
        let expected =
            "a folder with the programs postgres and initdb (\(missing.joined(separator: " and ")) not found there)"
        return [fault("database.binaries", is: folder, expected)]
    }

    private var certificate: [ConfigurationFault] {
        file("database.ssl.certificate", database.ssl.certificate) + file("database.ssl.key", database.ssl.key)
            + (database.ssl.authority == nil ? [] : file("database.ssl.authority", database.ssl.authority))
    }

    /// A file that must be there when encryption is on, and readable whenever it is named.
    func file(_ key: String, _ path: String?) -> [ConfigurationFault] {
        guard let path else {
            guard database.ssl.enabled else { return [] }
            let expected = "the path of a file, since database.ssl.enabled is true"
            let origin = origin("database.ssl.enabled")
            return [ConfigurationFault(origin, key: key, is: "not set", expected: expected)]
        }
        let expected = "a file that can be read"
        guard access(path, R_OK) == 0 else { return [fault(key, is: path, "\(expected) (\(errnoMeaning(errno)))")] }
        guard (try? Files.status(path))?.kind == .file else {
            return [fault(key, is: path, "\(expected) (this is none)")]
        }
        return []
    }

    private var sharedAddresses: [ConfigurationFault] {
        hosts.enumerated().compactMap { index, host in
            guard let other = hosts[..<index].first(where: { $0.address == host.address }) else { return nil }
            return fault("hosts.\(host.name)", is: host.address, "an address that is not that of \(other.name)")
        }
    }

    /// A place for backups, and what it takes to get there.
    private var repositories: [ConfigurationFault] {
        guard backups.enabled else { return [] }
        let s3 = backups.s3
        guard s3.bucket != nil else {
            guard !backups.local else { return [] }
            let expected =
                "true, since no backups.s3.bucket is set either; backups.enabled: false is to have no backups"
            return [fault("backups.local", is: "false", expected)]
        }
        let credentials = [
            ("backups.s3.access_key", s3.accessKey == nil), ("backups.s3.secret_key", s3.secretKey == nil),
        ]
        return credentials.filter(\.1).map { key, _ in
            ConfigurationFault(
                origin("backups.s3.bucket"), key: key, is: "not set",
                expected: "the credentials of the service, since backups.s3.bucket is set")
        } + (s3.authority == nil ? [] : file("backups.s3.authority", s3.authority))
    }

    private var fewHosts: [ConfigurationWarning] {
        guard hosts.count == 2, let first = hosts.first else { return [] }
        return [
            ConfigurationWarning(
                origin("hosts"), key: "hosts",
                "with two hosts nobody takes over when \(first.name) is lost; it takes three to agree")
        ]
    }

    private var unusedRedis: [ConfigurationWarning] {
        // Ports and password are those of the private servers.
        let set = ["redis.host", "redis.db", "redis.tls"].filter { origins[$0] != nil }
        return set.map {
            ConfigurationWarning(
                origin($0), key: $0, "\($0) is understood, but nothing in this version connects to Redis")
        }
    }

    private var largePool: [ConfigurationWarning] {
        guard database.managed, database.poolSize > database.maxConnections else { return [] }
        let pool = origin("database.pool_size") == .standard ? "database.max_connections" : "database.pool_size"
        return [
            ConfigurationWarning(
                origin(pool), key: pool,
                "database.pool_size (\(database.poolSize)) is more than database.max_connections "
                    + "(\(database.maxConnections)) lets in")
        ]
    }
}
