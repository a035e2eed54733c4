import Basics
import Configuration
import Testing

@Suite struct EntriesTests {
    @Test("Entries say what holds and where it came from")
    func entries() throws {
        let loaded = try load(
            yaml: "api:\n  port: 8080\n", ["DATABASE_POOL_SIZE": "20"], set: [("log.level", "debug")])
        let lines = loaded.entries().filter { !$0.isDefault }.map {
            withoutFolder("\($0.key) \($0.value) \($0.origin)")
        }
        #expect(
            lines == [
                "log.level debug flag --set", "api.port 8080 parlor.yaml:2",
                "database.pool_size 20 environment DATABASE_POOL_SIZE",
            ])
        #expect(loaded.entries().map(\.key) == ConfigurationKey.all.map(\.name))
    }

    @Test("Programs get numbers as numbers, and null for what is not set")
    func json() throws {
        let loaded = try load(yaml: "api:\n  port: 8080\n")
        let values = loaded.json()["values"]?.elements ?? []
        func value(_ key: String) -> JSON? { values.first { $0["key"]?.text == key } }
        #expect(value("api.port")?["value"] == 8080)
        #expect(value("api.port")?["line"] == 2)
        #expect(value("database.managed")?["value"] == true)
        #expect(value("database.password")?["value"] == .null)
        #expect(value("database.connection_timeout")?["value"] == "10s")
        #expect(value("log.level")?["source"] == "default")
        #expect(loaded.json()["file"]?.text?.hasSuffix("/parlor.yaml") == true)
    }
}
