import Basics
import Testing

@testable import Configuration

@Suite struct DatabaseURLTests {
    @Test("All parts of a URL arrive")
    func everything() throws {
        let url =
            "postgresql://sal%40on:p%2Fw%3A%25%C3%A9@127.0.0.1:6543/shop%20db?schema=tenant&sslmode=require"
            + "&connection_limit=25&pool_timeout=7"
        var expected = Configuration()
        expected.database.user = "sal@on"
        expected.database.password = Secret("p/w:%é")
        expected.database.port = 6543
        expected.database.name = "shop db"
        expected.database.schema = "tenant"
        expected.database.sslMode = .require
        expected.database.poolSize = 25
        expected.database.connectionTimeout = .seconds(7)
        let loaded = try load(["DATABASE_URL": url])
        #expect(loaded.configuration == expected)
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.entries().first { $0.key == "database.user" }?.origin == "environment DATABASE_URL")
    }

    @Test(
        "Parts may be left out",
        arguments: [
            ("postgres://", nil, nil, nil), ("postgres:///app", nil, nil, "app"), ("POSTGRES://h", "h", nil, nil),
            ("postgres://u@h:1", "h", "1", nil), ("postgres://[::1]:5433/app", "::1", "5433", "app"),
            ("postgres://[fe80::1]", "fe80::1", nil, nil), ("postgres://h?schema=s", "h", nil, nil),
            ("postgres://u:@h/", "h", nil, nil), ("postgres://h:/a", "h", nil, "a"),
        ] as [(String, String?, String?, String?)])
    func partial(text: String, host: String?, port: String?, name: String?) throws {
        let url = try DatabaseURL(text)
        #expect((url.host, url.port, url.name) == (host, port, name))
        #expect(url.password == nil)
    }

    @Test(
        "A bad URL is answered without quoting it",
        arguments: [
            ("mysql://app:hunter@h/x", "does not begin with postgresql:// or postgres://"),
            ("postgres://app:hunter 2@h/x", "holds a space or a control character"),
            ("postgres://app:hun/ter@h/x", "holds a user name or password that is not percent-encoded"),
            ("postgres://app:hun?ter@h/x", "holds a user name or password that is not percent-encoded"),
            ("postgres://app:hun#ter@h/x", "holds a user name or password that is not percent-encoded"),
            ("postgres://app:hun@ter@h/x", "holds a user name or password that is not percent-encoded"),
            ("postgres://app:hunter%2@h/x", "has a % without two hexadecimal digits in its password"),
            ("postgres://app:hunter%+1@h/x", "has a % without two hexadecimal digits in its password"),
            ("postgres://app:hunter%FF@h/x", "has a password that is not UTF-8"),
            ("postgres://app:hunter@h1,h2/x", "names several hosts, expected one"),
            ("postgres://app:hunter@[::1/x", "has an IPv6 address without a closing bracket"),
            ("postgres://app:hunter@[::1]5432/x", "has something between the IPv6 address and the port"),
            ("postgres://app:hunter@h/x?schema", "has a parameter that is not written as name=value"),
            ("postgres://app:hunter@h/x?schema=a&schema=b", "has the parameter \"schema\" twice"),
        ])
    func bad(url: String, message: String) throws {
        #expect(try faults(["DATABASE_URL": url]) == ["DATABASE_URL: the URL \(message)"])
    }

    @Test("A part of the wrong kind is named and not shown, as it may be a piece of the password")
    func wrongParts() throws {
        let found = try faults([
            "DATABASE_URL": "postgres://app:hunter2?sslmode=sesame&connection_limit=0&pool_timeout=5s"
        ])
        #expect(
            found == [
                "DATABASE_URL: database.port in the URL is not usable, expected a whole number from 1 to 65535",
                "DATABASE_URL: database.ssl_mode in the URL is not usable, "
                    + "expected one of disable, prefer, require, verify-ca, verify-full",
                "DATABASE_URL: database.pool_size in the URL is not usable, expected a whole number from 1 to 1000",
                "DATABASE_URL: database.connection_timeout in the URL is not usable, "
                    + "expected pool_timeout in whole seconds from 1 to 3600",
            ])
    }

    @Test("A parameter that is not known is answered with a warning")
    func unknownParameter() throws {
        let loaded = try load(["DATABASE_URL": "postgres://localhost/app?pgbouncer=true"])
        #expect(
            loaded.warnings.map(\.description)
                == [#"DATABASE_URL: the parameter "pgbouncer" of the URL is not known and changes nothing"#])
    }

    @Test(
        "A server elsewhere is not Parlor's own",
        arguments: [
            ("localhost", true), ("LOCALHOST", true), ("127.0.0.1", true), ("127.9.8.7", true), ("[::1]", true),
            ("[0:0::1]", true), ("db.internal", false), ("10.0.0.1", false), ("127.evil.example", false),
            ("128.0.0.1", false), ("[::2]", false), ("0.0.0.0", false), ("localhost.example", false),
        ])
    func managed(host: String, isManaged: Bool) throws {
        let loaded = try load(["DATABASE_URL": "postgres://app@\(host)/app"])
        #expect(loaded.configuration.database.managed == isManaged)
        let origin = loaded.entries().first { $0.key == "database.managed" }?.origin
        #expect(origin == (isManaged ? "default" : "follows from database.host"))
    }

    @Test("The same holds for a host from elsewhere, unless somebody says otherwise")
    func managedElsewhere() throws {
        let yaml = "database:\n  host: db.internal\n"
        #expect(try load(yaml: yaml).configuration.database.managed == false)
        #expect(try load(yaml: yaml, ["PARLOR_DATABASE_HOST": "::1"]).configuration.database.managed)
        #expect(try load(set: [("database.managed", "false")]).configuration.database.managed == false)
        #expect(
            try faults(yaml: yaml, ["PARLOR_DATABASE_MANAGED": "true"]) == [
                "PARLOR_DATABASE_MANAGED: database.managed is true, "
                    + "expected false, since database.host \"db.internal\" is not this machine"
            ])
    }
}
