import Basics
import Pooling
import TestSupport
import Testing

@Suite struct PoolerConfigurationTests {
    private let replicas = [
        PoolerNode(host: "10.0.0.3"), PoolerNode(host: "10.0.0.2"), PoolerNode(host: "10.0.0.4", port: 5433),
    ]

    private func configuration(
        _ mode: PoolerConfiguration.Mode, replicas: [PoolerNode] = [], folder: String = "/srv/parlor/pooler"
    ) throws -> PoolerConfiguration {
        PoolerConfiguration(
            mode, folder: folder,
            databases: [try PoolerDatabase("salon"), try PoolerDatabase("o'dd \"name", alias: "odd")],
            topology: PoolerTopology(leader: PoolerNode(host: "10.0.0.1"), replicas: replicas),
            plan: try PoolerPlan(.init(cores: 2, serverConnections: 100, databases: 2)),
            encryption: .init(
                certificate: "/srv/tls/pooler.crt", key: "/srv/tls/pooler.key", authority: "/srv/tls/ca.crt"),
            administrator: "parlor")
    }

    @Test("The files of both processes are what people can read", arguments: PoolerConfiguration.Mode.allCases)
    func files(_ mode: PoolerConfiguration.Mode) throws {
        let configuration = try configuration(mode, replicas: replicas)
        let text = [
            configuration.settingsFile, configuration.accessFile, configuration.usersFile(password: Secret("a\"b'c")),
        ].joined(separator: "----\n")
        expectGolden(text, "configuration-\(mode.rawValue)")
    }

    @Test("Reads go to the replicas of one port, and to the leader where there is none")
    func readers() throws {
        let some = PoolerTopology(leader: PoolerNode(host: "10.0.0.1"), replicas: replicas)
        #expect(some.readers == (["10.0.0.2", "10.0.0.3"], 5432))
        #expect(some.leftOut == [PoolerNode(host: "10.0.0.4", port: 5433)])
        let none = PoolerTopology(leader: PoolerNode(host: "10.0.0.1", port: 5439))
        #expect(none.readers == (["10.0.0.1"], 5439))
        #expect(none.leftOut.isEmpty)
    }

    @Test(
        "A name that PgBouncer cannot have as a key is refused",
        arguments: [
            "my db", "sal\"on", "sälon", "", "pgbouncer", "salon_ro", "a=b", "*",
        ])
    func oddNames(_ name: String) {
        let error = #expect(throws: ParlorError.self) { try PoolerDatabase(name) }
        #expect(error?.code == .configuration)
    }

    @Test("The files are this user's alone, and the password stands in one of them")
    func secrets() throws {
        try withTemporaryFolder { folder in
            let password = Secret.generate()
            let configuration = try configuration(.transaction, folder: "\(folder)/pooler")
            try configuration.write(password: password)
            for name in try Files.list(configuration.folder) where name != "console" {
                let path = "\(configuration.folder)/\(name)"
                #expect(try Files.status(path)?.mode == 0o600)
                #expect(try Files.readText(path).contains(password.reveal()) == (name == "users.txt"))
            }
            #expect(try Files.status(configuration.socketFolder)?.mode == 0o700)
        }
    }

    @Test("A host that would begin a setting of its own is refused")
    func injection() throws {
        try withTemporaryFolder { folder in
            for host in ["10.0.0.2\nadmin_users = eve", "a,b", "", "a;b"] {
                var configuration = try configuration(.transaction, folder: "\(folder)/pooler")
                configuration.topology.leader.host = host
                #expect(throws: ParlorError.self) { try configuration.write(password: Secret("x")) }
            }
        }
    }
}
