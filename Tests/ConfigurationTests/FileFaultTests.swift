import Basics
import Configuration
import Glibc
import Testing

@Suite struct FileFaultTests {
    private func explained(_ file: String?, _ environment: [String: String] = [:], standard: String = "/dev/null")
        -> String
    {
        do {
            _ = try LoadedConfiguration.load(file: file, standardFile: standard, environment: environment)
            return ""
        } catch {
            return withoutFolder("\(error.explained)")
        }
    }

    @Test("A file that somebody named must be there")
    func missing() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/other.yaml"
        #expect(
            explained(path) == """
                --config: other.yaml does not exist
                HINT: Check the path after --config, or leave the flag out. Correct it, then run "./parlor config check".
                """)
        #expect(
            explained(nil, ["PARLOR_CONFIG": path]) == """
                PARLOR_CONFIG: other.yaml does not exist
                HINT: Check the path in PARLOR_CONFIG, or unset it. Correct it, then run "./parlor config check".
                """)
    }

    @Test("A folder is no file, and neither is something enormous")
    func unusable() throws {
        let folder = try TemporaryFolder()
        try Files.makeFolder("\(folder.path)/parlor.yaml")
        #expect(explained("\(folder.path)/parlor.yaml").hasPrefix("--config: parlor.yaml is not a file\n"))
        let large = try folder.write(String(repeating: "#", count: 2 << 20), to: "large.yaml")
        #expect(
            explained(nil, standard: large).hasPrefix(
                "large.yaml: the file cannot be used: large.yaml is larger than 1 MB\n"))
    }

    @Test("A file that cannot be read is told with the reason", .enabled(if: geteuid() != 0, "root reads everything"))
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("api:\n", mode: 0o000)
        #expect(explained(file).contains("permission denied"))
    }

    @Test("Encryption wants a certificate and a key that are there")
    func certificate() throws {
        let folder = try TemporaryFolder()
        let present = try folder.write("certificate", to: "server.crt")
        let missing = "is not set, expected the path of a file, since database.ssl.enabled is true"
        #expect(
            try faults(["USE_SSL": "true"])
                == ["USE_SSL: database.ssl.certificate \(missing)", "USE_SSL: database.ssl.key \(missing)"])
        #expect(
            try faults(["USE_SSL": "true", "SSL_CERT_PATH": present, "SSL_KEY_PATH": "\(folder.path)/absent.key"])
                == [
                    "SSL_KEY_PATH: database.ssl.key is \"absent.key\", expected a file that can be read "
                        + "(no such file or directory)"
                ])
        #expect(
            try faults(["SSL_CERT_PATH": folder.path])
                == [
                    "SSL_CERT_PATH: database.ssl.certificate is \"\(folder.path)\", expected a file that can be read "
                        + "(this is none)"
                ])
        let key = try folder.write("key", to: "server.key")
        let loaded = try load(["USE_SSL": "true", "SSL_CERT_PATH": present, "SSL_KEY_PATH": key])
        #expect(loaded.configuration.database.ssl.enabled)
        #expect(loaded.configuration.database.ssl.key == key)
    }

    @Test("A folder of programs must hold them")
    func programs() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "postgres", mode: 0o755)
        let expected = "a folder with the programs postgres and initdb (initdb not found there)"
        let found = try faults(set: [("database.binaries", folder.path)])
        #expect(found == ["--set: database.binaries is \"\(folder.path)\", expected \(expected)"])
        try folder.write("", to: "initdb", mode: 0o755)
        #expect(try load(set: [("database.binaries", folder.path)]).configuration.database.binaries == folder.path)
    }
}
