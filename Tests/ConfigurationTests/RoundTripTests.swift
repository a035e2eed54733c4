import Basics
import Configuration
import Testing

@Suite struct RoundTripTests {
    private func again(_ loaded: LoadedConfiguration) throws -> Configuration {
        try LoadedConfiguration.load(environment: loaded.environment()).configuration
    }

    @Test("The defaults need no variable but the one that keeps a file away")
    func defaults() throws {
        #expect(try load().environment() == ["PARLOR_CONFIG": "/dev/null"])
    }

    @Test(
        "A child that gets only these variables has an equal configuration",
        arguments: [
            ("run_as", ["a", "_b-1"]), ("log.level", ["debug", "ERROR"]), ("log.format", ["json", "text"]),
            ("log.rotate_at", ["64kB", "65537", "3 GB", "1TB", "1536MB"]), ("log.keep", ["1", "100"]),
            ("api.host", ["0.0.0.0", "::", "a.b"]), ("api.port", ["1", "65535"]),
            ("api.reads_per_minute", ["1", "10000000"]), ("api.session_idle", ["1min", "8784h"]),
            (
                "sealing.keys",
                [
                    "1=0123456789abcdef0123456789ABCDEF",
                    "2=a/b+c=0123456789abcdef0123456789;  3=zyxwvutsrqponmlkjihgfedcba987654",
                ]
            ),
            ("database.managed", ["false"]),
            ("database.host", ["db.internal", "::1", "localhost"]), ("database.port", ["5433"]),
            ("database.name", ["app", "sälön \"x\"", "'"]), ("database.user", ["u", "with space"]),
            ("database.password", ["a b=c'\"$é", "null", "~"]), ("database.schema", ["s"]),
            ("database.ssl_mode", ["disable", "require", "verify-ca", "verify-full"]),
            ("database.pool_size", ["1", "1000"]),
            ("database.connection_timeout", ["1ms", "1500ms", "1001us", "90s", "2min", "1h"]),
            ("database.logging", ["true", "TRUE"]), ("database.max_connections", ["10", "10000"]),
            (
                "database.settings",
                ["work_mem=64MB; jit=off", "search_path='a''b; c'", "x.y=''", "temp_tablespaces=' a '"]
            ),
            ("database.memory", ["128MB", "134217729", "64GB"]), ("redis.host", ["r"]), ("redis.port", ["1"]),
            ("redis.queue_port", ["1"]), ("cluster.replicas", ["0", "15"]),
            ("cluster.durability", ["strict", "asynchronous"]), ("cluster.profile", ["lan"]),
            ("cluster.patroni", ["/p"]), ("pooler.port", ["1"]), ("pooler.session_port", ["1"]),
            ("pooler.clients", ["10", "10000"]), ("redis.password", ["x y"]), ("redis.db", ["15"]),
            ("redis.tls", ["true"]),
        ])
    func singleValues(key: String, values: [String]) throws {
        for value in values {
            let loaded = try load(set: [(key, value)])
            #expect(loaded.configuration != Configuration(), "\(key)=\(value)")
            #expect(try again(loaded) == loaded.configuration, "\(key)=\(value)")
        }
    }

    @Test("So it has when everything is set at once")
    func everything() throws {
        let folder = try TemporaryFolder()
        for name in ["postgres", "initdb"] { try folder.write("", to: name, mode: 0o755) }
        let file = try folder.write("")
        let loaded = try load([
            "DATABASE_URL": "postgres://u:p%20w-of-ours@db.internal:1/n?schema=s&sslmode=verify-ca&connection_limit=3",
            "DATABASE_CONNECTION_TIMEOUT": "1234", "DATABASE_LOGGING": "true", "REDIS_PASSWORD": "r-of-ours",
            "USE_SSL": "true", "SSL_CERT_PATH": file, "SSL_KEY_PATH": file, "PARLOR_DATABASE_BINARIES": folder.path,
            "PARLOR_DATABASE_MEMORY": "200MB", "PARLOR_LOG_KEEP": "9",
        ])
        #expect(try again(loaded) == loaded.configuration)
        #expect(loaded.environment()["PARLOR_DATABASE_PASSWORD"] == "p w-of-ours")
        #expect(loaded.environment()["PARLOR_DATABASE_MANAGED"] == "false")
        #expect(loaded.environment()["PARLOR_DATABASE_CONNECTION_TIMEOUT"] == "1234ms")
    }

    @Test("Every key takes part: one that nothing set is not in the variables, one that something set is")
    func everyKey() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("")
        for name in ["postgres", "initdb"] { try folder.write("", to: name, mode: 0o755) }
        let samples = [
            "database.binaries": folder.path, "database.ssl.certificate": file, "database.ssl.key": file,
            "database.ssl.authority": file,
        ]
        for (key, value) in samples {
            let loaded = try load(set: [(key, value)])
            #expect(loaded.environment().count == 2)
            #expect(try again(loaded) == loaded.configuration)
        }
    }
}
