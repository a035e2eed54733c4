import Basics
import Configuration
import Testing

@Suite struct DatabaseSettingsTests {
    private func settings(
        yaml: String? = nil, _ environment: [String: String] = [:], set overrides: [(key: String, value: String)] = []
    ) throws -> [String: String] {
        try load(yaml: yaml, environment, set: overrides).configuration.database.settings.values
    }

    private static let yaml = """
        database:
          settings:
            work_mem: 64MB
            JIT: off
            auto_explain.log_min_duration: 1s
            search_path: "a, b"

        """

    @Test("The file names settings of PostgreSQL, those of extensions with a dot")
    func file() throws {
        let expected = [
            "work_mem": "64MB", "jit": "off", "auto_explain.log_min_duration": "1s", "search_path": "a, b",
        ]
        #expect(try settings(yaml: Self.yaml) == expected)
    }

    @Test("Each source adds to those before it, and knows where each setting came from")
    func sources() throws {
        let loaded = try load(
            yaml: Self.yaml, ["PARLOR_DATABASE_SETTINGS": "jit=on; random_page_cost=2"],
            set: [("database.settings.work_mem", "32MB"), ("database.settings", "temp_buffers=16MB")])
        let origins = loaded.configuration.database.settings.pairs.map { name, value in
            withoutFolder("\(name)=\(value) \(loaded.origin(ofSetting: name))")
        }
        #expect(
            origins == [
                "auto_explain.log_min_duration=1s parlor.yaml:5",
                "jit=on environment PARLOR_DATABASE_SETTINGS",
                "random_page_cost=2 environment PARLOR_DATABASE_SETTINGS", "search_path=a, b parlor.yaml:6",
                "temp_buffers=16MB flag --set", "work_mem=32MB flag --set",
            ])
    }

    @Test("An empty text takes all settings away")
    func empty() throws {
        let loaded = try load(yaml: Self.yaml, ["PARLOR_DATABASE_SETTINGS": ""])
        #expect(loaded.configuration.database.settings.isEmpty)
        #expect(loaded.origin(ofSetting: "work_mem") == .standard)
    }

    @Test(
        "A line of settings is read as it is written",
        arguments: [
            ("work_mem=1MB", ["work_mem": "1MB"]),
            (" work_mem = 1MB ;; jit= off ; ", ["work_mem": "1MB", "jit": "off"]),
            ("a=b=c", ["a": "b=c"]), ("a='x; y''z'", ["a": "x; y'z"]), ("a='' ;b=1", ["a": "", "b": "1"]),
            ("a=", ["a": ""]),
            ("jit=on;jit=off", ["jit": "off"]),
        ])
    func line(text: String, expected: [String: String]) throws {
        #expect(try settings(set: [("database.settings", text)]) == expected)
    }

    @Test(
        "A line that cannot be read is answered with what would be right",
        arguments: ["work_mem", "=1", "a b=1", "a.b.c=1", "1a=1", "a='x", "a='x'y", "a=x'y", ".a=1", "a.=1"])
    func unreadable(text: String) throws {
        let expected = "names and values of settings; on one line such as work_mem=64MB; jit=off"
        #expect(
            try faults(set: [("database.settings", text)])
                == ["--set: database.settings is \"\(text)\", expected \(expected)"])
    }

    @Test(
        "What Parlor decides on is refused, with the reason and its place",
        arguments: [
            ("data_directory", "/x", "Parlor decides where the server's files are"),
            ("SSL", "off", "set database.ssl.enabled instead"), ("port", "1", "set database.port instead"),
            ("max_connections", "500", "set database.max_connections instead"),
            ("hba_file", "/x", "Parlor decides where the server's files are"),
            ("archive_command", "true", "Parlor archives the log"),
            ("recovery_target_time", "now", "Parlor recovers servers itself"),
            ("fsync", "off", "what the server has acknowledged must last"),
            ("wal_level", "minimal", "Parlor needs it to be replica or logical"),
            ("ssl_min_protocol_version", "TLSv1", "Parlor needs it to be TLSv1.2 or TLSv1.3"),
        ])
    func refused(name: String, value: String, reason: String) throws {
        let yaml = "database:\n  settings:\n    \(name): \(value)\n"
        let column = 7 + name.count
        #expect(
            try faults(yaml: yaml) == ["parlor.yaml:3:\(column): database.settings.\(name) is refused: \(reason)"])
        #expect(try faults(["PARLOR_DATABASE_SETTINGS": "\(name)=\(value)"]).count == 1)
    }

    @Test(
        "A choice that leaves everything safe is taken",
        arguments: [("wal_level", "logical"), ("ssl_min_protocol_version", "TLSv1.3")])
    func choice(name: String, value: String) throws {
        #expect(try settings(set: [("database.settings.\(name)", value)]) == [name: value])
    }

    @Test(
        "What is no value in the file is told with its place",
        arguments: [
            ("    a: [1, 2]\n", "3:8: database.settings.a is a list, expected one value, commas included"),
            ("    a:\n", "3:7: database.settings.a is empty, expected a value"),
            (
                "    a:\n      b: 1\n",
                "4:7: database.settings.a is a section, expected a value; a setting of an extension is written with a dot"
            ),
            (
                "    a b: 1\n",
                "3:10: database.settings.a b is unusable, expected the name of a setting of PostgreSQL, and a value on one line"
            ),
        ])
    func wrongValue(line: String, fault: String) throws {
        #expect(try faults(yaml: "database:\n  settings:\n\(line)") == ["parlor.yaml:\(fault)"])
    }

    @Test("The example of the page on settings works")
    func page() throws {
        let root = Files.parent(of: Files.parent(of: Files.parent(of: #filePath)))
        let text = try Files.readText("\(root)/docs/settings.md")
        let example = try #require(text.firstMatch(of: /```yaml\n((?s).*?)```/)).output.1
        #expect(try settings(yaml: String(example)) == ["work_mem": "64MB", "auto_explain.log_min_duration": "1s"])
    }

    @Test("What PostgreSQL has against settings becomes faults at their places, in the order of the file")
    func objections() throws {
        let loaded = try load(yaml: "database:\n  settings:\n    wrok_mem: 1MB\n    jit: perhaps\n")
        let faults = loaded.faults(objections: [("jit", "it is no truth"), ("wrok_mem", "no such setting")])
        #expect(
            faults?.faults.map { withoutFolder("\($0)") } == [
                "parlor.yaml:3:15: database.settings.wrok_mem is not taken by PostgreSQL: no such setting",
                "parlor.yaml:4:10: database.settings.jit is not taken by PostgreSQL: it is no truth",
            ])
        #expect(loaded.faults(objections: []) == nil)
    }
}
