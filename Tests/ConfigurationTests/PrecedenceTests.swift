import Basics
import Configuration
import Testing

@Suite struct PrecedenceTests {
    @Test("Each source goes over the ones before it, and says that it did")
    func layers() throws {
        let yaml = "database:\n  pool_size: 20\n"
        let url = ["DATABASE_URL": "postgres://localhost/app?connection_limit=30"]
        let single = url.merging(["DATABASE_POOL_SIZE": "40"]) { $1 }
        let own = single.merging(["PARLOR_DATABASE_POOL_SIZE": "50"]) { $1 }
        func outcome(_ loaded: LoadedConfiguration) -> String {
            let entry = loaded.entries().first { $0.key == "database.pool_size" }
            return withoutFolder("\(entry?.value ?? "") \(entry?.origin ?? "")")
        }
        #expect(try outcome(load()) == "20 default")
        #expect(try outcome(load(yaml: yaml)) == "20 parlor.yaml:2")
        #expect(try outcome(load(yaml: yaml, url)) == "30 environment DATABASE_URL")
        #expect(try outcome(load(yaml: yaml, single)) == "40 environment DATABASE_POOL_SIZE")
        #expect(try outcome(load(yaml: yaml, own)) == "50 environment PARLOR_DATABASE_POOL_SIZE")
        #expect(try outcome(load(yaml: yaml, own, set: [("database.pool_size", "60")])) == "60 flag --set")
    }

    @Test("The last of two flags for one key holds")
    func lastFlag() throws {
        #expect(try load(set: [("api.port", "1"), ("api.port", "2")]).configuration.api.port == 2)
    }

    @Test("A flag names the file over PARLOR_CONFIG, and that over the standard one")
    func files() throws {
        let folder = try TemporaryFolder()
        let first = try folder.write("api: {port: 1}", to: "first.yaml")
        let second = try folder.write("api: {port: 2}", to: "second.yaml")
        let third = try folder.write("api: {port: 3}")
        func port(_ flag: String?, _ environment: [String: String]) throws -> Int {
            let loaded = try LoadedConfiguration.load(file: flag, standardFile: third, environment: environment)
            return loaded.configuration.api.port
        }
        #expect(try port(first, ["PARLOR_CONFIG": second]) == 1)
        #expect(try port(nil, ["PARLOR_CONFIG": second]) == 2)
        #expect(try port(nil, ["PARLOR_CONFIG": ""]) == 3)
        #expect(try port(nil, ["PARLOR_CONFIG": "/dev/null"]) == 3000)
    }

    @Test("A wrong value is told even where a stronger source replaces it")
    func hiddenFault() throws {
        #expect(
            try faults(yaml: "api:\n  port: zero\n", ["PARLOR_API_PORT": "80"])
                == [#"parlor.yaml:2:9: api.port is "zero", expected a whole number from 1 to 65535"#])
    }

    @Test("Nothing takes an optional value away again")
    func takenAway() throws {
        let yaml = "database:\n  password: a-long-password-of-our-own\n  memory: 1GB\n"
        let loaded = try load(yaml: yaml, ["PARLOR_DATABASE_PASSWORD": ""], set: [("database.memory", "")])
        #expect(loaded.configuration.database.password == nil)
        #expect(loaded.configuration.database.memory == nil)
        #expect(loaded.origin(of: "database.password") == .environment("PARLOR_DATABASE_PASSWORD"))
    }

    @Test("A relative path is taken from where it stands")
    func relativePaths() throws {
        let folder = try TemporaryFolder()
        let certificate = try folder.write("certificate", to: "server.crt")
        let key = try folder.write("key", to: "server.key")
        let file = try folder.write("database:\n  ssl:\n    certificate: server.crt\n    key: \(key)\n")
        let loaded = try LoadedConfiguration.load(file: file, environment: [:])
        #expect(loaded.configuration.database.ssl.certificate == certificate)
        #expect(loaded.configuration.database.ssl.key == key)
    }
}
