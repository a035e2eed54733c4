import Agent
import Basics
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
}
