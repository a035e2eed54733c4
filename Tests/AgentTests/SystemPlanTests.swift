import Agent
import Basics
import Cluster
import Configuration
import TestSupport
import Testing

@Suite struct SystemPlanTests {
    /// A plan on a machine where these ports are taken.
    private func plan(_ configuration: Configuration = .init(), taken: Set<Int> = []) throws(ParlorError) -> SystemPlan
    {
        try SystemPlan(configuration) { _, port in !taken.contains(port) }
    }

    private func text(_ plan: SystemPlan) -> String { plan.lines.map { "\($0)\n" }.joined() }

    /// A database that is somebody else's.
    private var foreign: Configuration {
        var configuration = Configuration()
        configuration.database.managed = false
        configuration.database.host = "db.example.com"
        configuration.database.port = 6432
        return configuration
    }

    @Test("Free ports are taken as they are wanted")
    func free() throws {
        let plan = try plan()
        #expect(plan.configuration == Configuration() && plan.notices == [])
        #expect(plan.ports.map(\.given) == [5432, 3000])
        expectGolden(text(plan), "plan-free")
    }

    @Test("A demo has a WhatsApp beside the service, which sends there")
    func demo() throws {
        let plan = try SystemPlan(Configuration(), isDemo: true) { _, port in port != 3001 }
        #expect(plan.simulatorURL == "http://127.0.0.1:3002")
        #expect(plan.configuration.whatsApp.graphURL == "http://127.0.0.1:3002/v23.0")
        expectGolden(text(plan), "plan-demo")
    }

    @Test("Simulated customers come to no salons of somebody's own")
    func refusedDemo() throws {
        var live = Configuration()
        live.whatsApp.appSecret = Secret("secret")
        for (configuration, why) in [(live, "whatsapp.app_secret"), (foreign, "not Parlor's")] {
            let error = try #require(throws: ParlorError.self) {
                try SystemPlan(configuration, isDemo: true) { _, _ in true }
            }
            #expect(error.code == .usage && error.summary.contains(why))
        }
    }

    @Test("A taken port gives way to the next free one, and the plan says so")
    func moved() throws {
        let plan = try plan(taken: [5432, 5433, 3000])
        #expect(plan.configuration.database.port == 5434 && plan.configuration.api.port == 3001)
        #expect(
            plan.notices == [
                "port 5432 is taken, so PostgreSQL listens on 5434",
                "port 3000 is taken, so the service listens on 3001",
            ])
        expectGolden(text(plan), "plan-moved")
    }

    @Test("Two parts that want the same port get two")
    func samePort() throws {
        var configuration = Configuration()
        configuration.api.port = 5432
        let plan = try plan(configuration)
        #expect(plan.ports.map(\.given) == [5432, 5433])
        #expect(plan.notices == ["port 5432 is taken, so the service listens on 5433"])
    }

    @Test("Each address is asked for at its own host, and no further than needed")
    func asked() throws {
        var configuration = Configuration()
        configuration.database.host = "::1"
        configuration.api.host = "0.0.0.0"
        var asked: [String] = []
        _ = try SystemPlan(configuration) { host, port in
            asked.append("\(host) \(port)")
            return port != 3000
        }
        #expect(asked == ["::1 5432", "0.0.0.0 3000", "0.0.0.0 3001"])
    }

    @Test(
        "No free port among a hundred neighbours is an error, and the last port there is has none",
        arguments: [
            (3000, "3000 to 3100 are all taken on 127.0.0.1"), (65_530, "65530 to 65535 are all taken on 127.0.0.1"),
        ])
    func noneFree(wanted: Int, why: String) throws {
        var configuration = Configuration()
        configuration.api.port = wanted
        let error = try #require(throws: ParlorError.self) {
            try plan(configuration, taken: Set(wanted...min(65_535, wanted + 100)))
        }
        #expect(error.code == .portTaken)
        #expect(
            error.description == """
                no port is free for the service: \(why)
                HINT: Set another port in parlor.yaml, or end what listens there.
                """)
    }

    @Test("The service must not be the superuser of a private server")
    func superuser() throws {
        var configuration = Configuration()
        configuration.database.user = "postgres"
        let error = try #require(throws: ParlorError.self) { try plan(configuration) }
        #expect(error.code == .configuration)
        #expect(
            error.description == """
                database.user is "postgres": that is the superuser, and the service must not be able to do everything
                HINT: Choose another name, like "whatsapp_app"; Parlor makes the role.
                """)
    }

    @Test("A database that is not Parlor's keeps its port, and its user is its owner's choice")
    func foreignDatabase() throws {
        var configuration = foreign
        configuration.database.user = "postgres"
        let plan = try plan(configuration, taken: [6432])
        #expect(plan.ports.count == 1 && plan.configuration.database.port == 6432)
        expectGolden(text(plan), "plan-foreign")
    }

    @Test("Addresses with colons are put in brackets, and no password is in them")
    func addresses() throws {
        var configuration = Configuration()
        configuration.api.host = "::1"
        configuration.database.host = "::1"
        configuration.database.password = Secret("hunter2")
        let plan = try plan(configuration)
        #expect(plan.serviceURL == "http://[::1]:3000")
        #expect(plan.databaseURL == "postgresql://whatsapp_app@[::1]:5432/whatsapp_saas")
    }

    // MARK: - Several hosts

    /// A configuration of so many hosts.
    private func spread(over count: Int, replicas: Int = 2) throws -> Configuration {
        let hosts = (1...count).map { "host\($0)=10.0.0.\($0)" }.joined(separator: "; ")
        var configuration = try LoadedConfiguration.load(environment: ["PARLOR_HOSTS": hosts]).configuration
        configuration.cluster.replicas = replicas
        return configuration
    }

    /// The plan on one of them, where these ports are taken.
    private func plan(
        _ configuration: Configuration, on address: String?, taken: Set<Int> = []
    ) throws(ParlorError) -> SystemPlan {
        try SystemPlan(configuration, .cluster) { host, port throws(ParlorError) in
            guard host == address || host == "127.0.0.1" else {
                throw ParlorError(.configuration, "\(host) is not this machine's")
            }
            return !taken.contains(port)
        }
    }

    @Test(
        "Every host derives the same nodes, spread evenly, each at the address and port where the others expect it",
        arguments: [(3, 2), (2, 2), (3, 0), (4, 6), (6, 15)])
    func sameLayout(hosts: Int, replicas: Int) throws {
        let configuration = try spread(over: hosts, replicas: replicas)
        let layouts = try configuration.hosts.all.map { host in
            try #require(try plan(configuration, on: host.address).cluster)
        }
        for layout in layouts { #expect(layout.nodes == layouts[0].nodes) }
        #expect(layouts[0].nodes.map(\.name) == (0...replicas).map { "node\($0 + 1)" })
        #expect(Set(layouts[0].nodes.map { "\($0.host):\($0.port)" }).count == replicas + 1)
        let shares = layouts.map(\.ownNodes.count)
        #expect(shares.reduce(0, +) == replicas + 1)
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
    }

    @Test("A host says what it brings up itself, the first one the cache and the queue too")
    func ownShare() throws {
        let configuration = try spread(over: 4)
        expectGolden(text(try plan(configuration, on: "10.0.0.1")), "plan-first-host")
        expectGolden(text(try plan(configuration, on: "10.0.0.4")), "plan-fourth-host")
    }

    @Test("A port that is taken is an error on several hosts, because the others expect what listens there")
    func takenOnHost() throws {
        let configuration = try spread(over: 3)
        let error = try #require(throws: ParlorError.self) { try plan(configuration, on: "10.0.0.2", taken: [8008]) }
        #expect(error.code == .portTaken && error.what == "Patroni of node2 cannot listen on 10.0.0.2:8008")
    }

    @Test("A machine that is none of the hosts is told so")
    func stranger() throws {
        let configuration = try spread(over: 3)
        let error = try #require(throws: ParlorError.self) { try plan(configuration, on: nil) }
        #expect(error.code == .configuration && error.what == "this machine is none of the hosts")
    }

    @Test("A single database and several hosts contradict each other")
    func soloOnHosts() throws {
        let configuration = try spread(over: 3)
        let error = try #require(throws: ParlorError.self) { try SystemPlan(configuration) { _, _ in true } }
        #expect(error.code == .usage)
    }
}
