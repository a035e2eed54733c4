import Basics
import Configuration
import Testing

@Suite struct EnvironmentTests {
    @Test("The variables of the specification are understood")
    func specification() throws {
        let loaded = try load([
            "DATABASE_POOL_SIZE": "50", "DATABASE_CONNECTION_TIMEOUT": "30000", "DATABASE_LOGGING": "true",
            "REDIS_HOST": "cache.internal", "REDIS_PORT": "6380", "REDIS_PASSWORD": "", "REDIS_DB": "3",
            "REDIS_ENABLE_TLS": "true",
        ])
        var expected = Configuration()
        expected.database.poolSize = 50
        expected.database.connectionTimeout = .seconds(30)
        expected.database.logging = true
        expected.redis.host = "cache.internal"
        expected.redis.port = 6380
        expected.redis.database = 3
        expected.redis.tls = true
        #expect(loaded.configuration == expected)
    }

    @Test("Empty variables of the specification count as not set")
    func emptyVariables() throws {
        let names = ConfigurationKey.all.flatMap { $0.aliases.map(\.name) } + ["DATABASE_URL"]
        let loaded = try load(Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        #expect(loaded.origins.isEmpty)
        #expect(names.count == 17)
    }

    @Test(
        "The timeout of the specification is a bare number of milliseconds",
        arguments: ["10s", "0", "3600001", "1.5", "-1"])
    func milliseconds(value: String) throws {
        #expect(
            try faults(["DATABASE_CONNECTION_TIMEOUT": value]) == [
                "DATABASE_CONNECTION_TIMEOUT: database.connection_timeout is \"\(value)\", "
                    + "expected a whole number of milliseconds from 1 to 3600000"
            ])
    }

    @Test("Every key can be set by a variable of its own")
    func derivedNames() throws {
        let loaded = try load([
            "PARLOR_DATABASE_SSL_MODE": "verify-full", "PARLOR_RUN_AS": "salon", "PARLOR_API_HOST": "::",
        ])
        #expect(loaded.configuration.database.sslMode == .verifyFull)
        #expect(loaded.configuration.runAs == "salon")
        #expect(loaded.configuration.api.host == "::")
    }

    @Test("Variables of Parlor's that are no keys are let through, and those of others")
    func otherVariables() throws {
        let environment = [
            "PARLOR_STATE": "/x", "PARLOR_CONFIG": "/y", "PARLOR_INTERNAL_ROLE": "serve", "PATH": "/bin",
            "DATABASE_FOO": "1",
        ]
        #expect(try faults(environment) == [])
    }

    @Test(
        "An unknown variable of Parlor's is answered with the one that was probably meant",
        arguments: [
            ("PARLOR_DATABASE_PROT", "PARLOR_DATABASE_PORT"), ("PARLOR_DATABSE_PORT", "PARLOR_DATABASE_PORT"),
            ("PARLOR_DATABASE_SSL_CERT", nil), ("PARLOR_DATABASE_ZZZZ", nil), ("PARLOR_", nil),
        ] as [(String, String?)])
    func unknown(name: String, meant: String?) throws {
        let end = meant.map { ", did you mean \"\($0)\"?" } ?? ""
        #expect(try faults([name: "1"]) == ["\(name): unknown variable\(end)"])
    }

    @Test("What is set about Redis is answered with a warning each")
    func redis() throws {
        let warnings = try load(["REDIS_HOST": "cache", "PARLOR_REDIS_DB": "1"]).warnings.map(\.description)
        #expect(
            warnings == [
                "REDIS_HOST: redis.host is understood, but nothing in this version connects to Redis",
                "PARLOR_REDIS_DB: redis.db is understood, but nothing in this version connects to Redis",
            ])
    }

    @Test("A pool that the server cannot serve is answered with a warning")
    func largePool() throws {
        #expect(
            try load(["DATABASE_POOL_SIZE": "300"]).warnings.map(\.description) == [
                "DATABASE_POOL_SIZE: database.pool_size (300) is more than database.max_connections (200) lets in"
            ])
    }
}
