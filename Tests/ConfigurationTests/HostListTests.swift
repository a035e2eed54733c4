import Basics
import Configuration
import Testing

@Suite struct HostListTests {
    private func hosts(
        yaml: String? = nil, _ environment: [String: String] = [:], set overrides: [(key: String, value: String)] = []
    ) throws -> [String] {
        try load(yaml: yaml, environment, set: overrides).configuration.hosts.all.map { "\($0.name) \($0.address)" }
    }

    private static let yaml = "hosts:\n  gamma: 10.0.0.3\n  alpha: 10.0.0.1\n  beta: fd00::2\n"

    @Test("Hosts keep the order of the file, whatever their names")
    func file() throws {
        #expect(try hosts(yaml: Self.yaml) == ["gamma 10.0.0.3", "alpha 10.0.0.1", "beta fd00::2"])
    }

    @Test("A later source moves a host without changing its place, adds others, and takes all away when it is empty")
    func sources() throws {
        let moved = try hosts(yaml: Self.yaml, ["PARLOR_HOSTS": "alpha=10.0.9.1; delta = 10.0.0.4"])
        #expect(moved == ["gamma 10.0.0.3", "alpha 10.0.9.1", "beta fd00::2", "delta 10.0.0.4"])
        #expect(try hosts(yaml: Self.yaml, ["PARLOR_HOSTS": ""]) == [])
        #expect(try hosts(set: [("hosts.alpha", "10.0.0.1")]) == ["alpha 10.0.0.1"])
    }

    @Test("A child gets the same hosts in the same order")
    func travelling() throws {
        let loaded = try load(yaml: Self.yaml)
        #expect(try load(yaml: nil, loaded.environment()).configuration == loaded.configuration)
    }

    @Test(
        "What is no host is refused where it stands",
        arguments: [
            ("hosts:\n  Alpha: 10.0.0.1\n", "parlor.yaml:2:10: hosts.Alpha is unusable"),
            ("hosts:\n  alpha: 10.0.0\n", "parlor.yaml:2:10: hosts.alpha is unusable"),
            ("hosts:\n  alpha: db.example.com\n", "parlor.yaml:2:10: hosts.alpha is unusable"),
            ("hosts:\n  alpha: 127.0.0.1\n", "parlor.yaml:2:10: hosts.alpha is unusable"),
            ("hosts:\n  alpha: 0.0.0.0\n", "parlor.yaml:2:10: hosts.alpha is unusable"),
            ("hosts: [10.0.0.1]\n", "parlor.yaml:1:8: hosts is a list"),
            ("hosts:\n  alpha:\n", "parlor.yaml:2:9: hosts.alpha is empty"),
            (
                "hosts:\n  alpha: 10.0.0.1\n  beta: 10.0.0.1\n",
                #"parlor.yaml:3:9: hosts.beta is "10.0.0.1", expected an address that is not that of alpha"#
            ),
        ])
    func refused(yaml: String, message: String) throws {
        let messages = try faults(yaml: yaml)
        #expect(messages.count == 1 && messages[0].hasPrefix(message), "\(messages)")
    }

    @Test("Two hosts work, and their owner is told what they do not bear")
    func two() throws {
        let loaded = try load(yaml: "hosts:\n  alpha: 10.0.0.1\n  beta: 10.0.0.2\n")
        #expect(loaded.warnings.map(\.key) == ["hosts"])
        #expect(try load(yaml: Self.yaml).warnings.isEmpty)
    }
}
