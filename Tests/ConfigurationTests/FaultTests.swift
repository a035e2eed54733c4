import Basics
import Configuration
import Testing

@Suite struct FaultTests {
    @Test("A bad file is answered with everything that is wrong in it")
    func golden() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            log:
              level: verbose
              rotate_at: 1kB
            api: 8080
            databse:
              host: db.internal
            database:
              port: abc
              pool_sise: 10
              password: changeme
              connection_timeout: 30
              ssl:
                enabled: true
              port: 5433
            """, mode: 0o644)
        let environment = ["PARLOR_REDIS_PROT": "6380", "DATABASE_POOL_SIZE": "many"]
        let error = #expect(throws: ConfigurationFaults.self) {
            try LoadedConfiguration.load(file: file, environment: environment, overrides: [("api.prot", "80")])
        }
        #expect(
            withoutFolder(error.map { "\($0.explained)" } ?? "") == """
                the configuration has 15 faults
                  parlor.yaml:2:10: log.level is "verbose", expected one of debug, info, warning, error
                  parlor.yaml:3:14: log.rotate_at is "1kB", expected a size such as 64MB or 2GB, at least 64kB
                  parlor.yaml:4:6: api is a single value, expected a section with keys such as host, port, loops
                  parlor.yaml:5:1: unknown section "databse", did you mean "database"?
                  parlor.yaml:8:9: database.port is "abc", expected a whole number from 1 to 65535
                  parlor.yaml:9:3: unknown key "database.pool_sise", did you mean "database.pool_size"?
                  parlor.yaml:10:13: database.password stands in a file that other users can read (mode 644)
                  parlor.yaml:10:13: database.password is a sample password of the documentation
                  parlor.yaml:11:23: database.connection_timeout is "30", expected a time such as 250ms or 10s, \
                from 1ms to 1h
                  parlor.yaml:14:3: the key "port" stands here again, first on line 8
                  DATABASE_POOL_SIZE: database.pool_size is "many", expected a whole number from 1 to 1000
                  PARLOR_REDIS_PROT: unknown variable, did you mean "PARLOR_REDIS_PORT"?
                  --set: unknown key "api.prot", did you mean "api.port"?
                  parlor.yaml:13:14: database.ssl.certificate is not set, expected the path of a file, since \
                database.ssl.enabled is true
                  parlor.yaml:13:14: database.ssl.key is not set, expected the path of a file, since \
                database.ssl.enabled is true
                HINT: Take the file back with `chmod 600 parlor.yaml`. Choose another password, for example with \
                `openssl rand -hex 24`. A private server needs none: Parlor generates it. Correct them all, then run \
                "./parlor config check".
                """)
        #expect(error?.explained.code == .configuration)
        #expect((error?.explained.cause as? ConfigurationFaults) == error)
    }

    @Test(
        "A value of the wrong kind is answered with what would be right",
        arguments: [
            ("run_as", "Root!", "the name of a user, in lower-case letters, digits, - and _"),
            ("log.level", "trace", "one of debug, info, warning, error"),
            ("log.format", "xml", "one of auto, json, text"),
            ("log.rotate_at", "big", "a size such as 64MB or 2GB, at least 64kB"),
            ("log.rotate_at", "65535", "a size such as 64MB or 2GB, at least 64kB"),
            ("log.keep", "0", "a whole number from 1 to 100"), ("log.keep", "101", "a whole number from 1 to 100"),
            ("api.host", "a b", "a host name or an IP address"), ("api.host", "1:2", "a host name or an IP address"),
            ("api.port", "0", "a whole number from 1 to 65535"),
            ("api.port", "65536", "a whole number from 1 to 65535"),
            ("api.port", "+80", "a whole number from 1 to 65535"),
            ("api.port", "8e1", "a whole number from 1 to 65535"),
            ("database.managed", "maybe", "true or false"),
            ("database.name", String(repeating: "x", count: 64), "a name of 1 to 63 bytes"),
            ("database.ssl_mode", "always", "one of disable, prefer, require, verify-ca, verify-full"),
            ("database.pool_size", "1001", "a whole number from 1 to 1000"),
            ("database.connection_timeout", "0s", "a time such as 250ms or 10s, from 1ms to 1h"),
            ("database.connection_timeout", "2h", "a time such as 250ms or 10s, from 1ms to 1h"),
            ("database.memory", "127MB", "a size such as 64MB or 2GB, at least 128MB"),
            ("redis.db", "16", "a whole number from 0 to 15"), ("redis.tls", "1", "true or false"),
        ])
    func wrongValue(key: String, value: String, expected: String) throws {
        #expect(try faults(set: [(key, value)]) == ["--set: \(key) is \"\(value)\", expected \(expected)"])
    }

    @Test("A value that is missing is not the same as the default", arguments: ["", " ~", " null", " ''"])
    func empty(value: String) throws {
        #expect(
            try faults(yaml: "api:\n  port:\(value)\n").map {
                $0.split(separator: ": ").dropFirst().joined(separator: ": ")
            }
                == ["api.port is empty, expected a whole number from 1 to 65535"])
    }

    @Test(
        "Sections and values are not mixed up",
        arguments: [
            (
                "- a\n",
                "parlor.yaml:1:1: the file is a list, expected sections such as hosts, log, api, database, cluster, pooler, redis, sealing, backups, notifications, whatsapp, worker"
            ),
            (
                "abc\n",
                "parlor.yaml:1:1: the file is a single value, expected sections such as hosts, log, api, database, cluster, pooler, redis, sealing, backups, notifications, whatsapp, worker"
            ),
            (
                "log: [a]\n",
                "parlor.yaml:1:6: log is a list, expected a section with keys such as level, format, rotate_at"
            ),
            ("api:\n  port: [1]\n", "parlor.yaml:2:9: api.port is a list, expected a whole number from 1 to 65535"),
            (
                "api:\n  port:\n    a: 1\n",
                "parlor.yaml:3:5: api.port is a section, expected a whole number from 1 to 65535"
            ),
            ("api.port: 1\n", #"parlor.yaml:1:1: "api.port" is written with a dot, expected port in the section api"#),
            (
                "api.prot: 1\n",
                #"parlor.yaml:1:1: "api.prot" is written with a dot, which no key of the file is, "#
                    + #"did you mean "api.port"?"#
            ),
        ])
    func structure(yaml: String, message: String) throws {
        #expect(try faults(yaml: yaml) == [message])
    }

    @Test(
        "An unknown key is answered with the one that was probably meant",
        arguments: [
            ("database.hots", "database.host"), ("api.pool_size", "database.pool_size"),
            ("databse.port", "database.port"),
            ("lgo.level", "log.level"), ("database.ssl.certificat", "database.ssl.certificate"), ("run_ass", "run_as"),
            ("database.zzzz", nil), ("weather", nil),
        ] as [(String, String?)])
    func unknownKey(key: String, meant: String?) throws {
        let end = meant.map { ", did you mean \"\($0)\"?" } ?? ""
        #expect(try faults(set: [(key, "1")]) == ["--set: unknown key \"\(key)\"\(end)"])
    }

    @Test("A section is no key")
    func sectionAsKey() throws {
        #expect(
            try faults(set: [("database", "1")])
                == [#"--set: "database" is a section, expected a key such as database.managed"#])
    }

    @Test("What is not YAML is told with its place, together with faults from elsewhere")
    func syntax() throws {
        let found = try faults(yaml: "api:\n  port: 0\n  host: \"x\n", ["PARLOR_LOG_KEEP": "0"])
        #expect(
            found == [
                "parlor.yaml:2:9: api.port is \"0\", expected a whole number from 1 to 65535",
                "parlor.yaml:3:9: the quote that opens here is never closed",
                "PARLOR_LOG_KEEP: log.keep is \"0\", expected a whole number from 1 to 100",
            ])
    }

    @Test("A text that would disturb a terminal is shown escaped and short")
    func escaped() throws {
        let found = try faults(set: [("api.port", "\u{1B}[2J" + String(repeating: "9", count: 200))])
        #expect(found.first?.contains("\u{1B}") == false)
        #expect(found.first?.contains("\\u001b[2J999") == true)
        #expect(found.first?.contains("999...\"") == true)
    }

    @Test("The list for programs has every part of a fault")
    func json() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("api:\n  port: x\n")
        let error = #expect(throws: ConfigurationFaults.self) {
            try LoadedConfiguration.load(file: file, environment: ["PARLOR_LOG_KEP": "1"])
        }
        let list = error?.json["faults"]?.elements ?? []
        #expect(list.count == 2)
        #expect(list.first?["line"] == 2)
        #expect(list.first?["column"] == 9)
        #expect(list.first?["key"] == "api.port")
        #expect(list.first?["value"] == "x")
        #expect(list.first?["expected"] == "a whole number from 1 to 65535")
        #expect(list.last?["source"] == "environment PARLOR_LOG_KEP")
        #expect(list.last?["suggestion"] == "PARLOR_LOG_KEEP")
    }
}
