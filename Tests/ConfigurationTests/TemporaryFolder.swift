import Basics
import Configuration

/// A folder that lives as long as its test.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        path = "/tmp/parlor-configuration-\(RandomIdentifier.hex(bytes: 8))"
        try Files.makeFolder(path)
    }

    deinit { try? Files.remove(path) }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ text: String, to name: String = "parlor.yaml", mode: UInt32 = 0o600) throws -> String {
        try Files.writeAtomically(text, to: "\(path)/\(name)", mode: mode)
        return "\(path)/\(name)"
    }
}

/// Reads a configuration without any file, unless a text for one is given.
func load(
    yaml: String? = nil, _ environment: [String: String] = [:], set overrides: [(key: String, value: String)] = []
) throws -> LoadedConfiguration {
    let folder = try TemporaryFolder()
    let file = try yaml.map { try folder.write($0) }
    return try LoadedConfiguration.load(file: file ?? "/dev/null", environment: environment, overrides: overrides)
}

/// The messages of what is wrong, the name of the file cut down to `parlor.yaml`; empty when nothing is.
func faults(
    yaml: String? = nil, _ environment: [String: String] = [:], set overrides: [(key: String, value: String)] = []
) throws -> [String] {
    do {
        _ = try load(yaml: yaml, environment, set: overrides)
        return []
    } catch let error as ConfigurationFaults {
        return error.faults.map { withoutFolder($0.description) }
    }
}

/// A text in which files of a temporary folder have only their names.
func withoutFolder(_ text: String) -> String {
    text.replacing(/\/tmp\/parlor-configuration-[0-9a-f]+\//, with: "")
}
