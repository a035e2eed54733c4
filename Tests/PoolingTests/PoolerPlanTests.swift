import Basics
import Pooling
import TestSupport
import Testing

@Suite struct PoolerPlanTests {
    @Test("What both processes may open never exceeds what PostgreSQL allows beside the others")
    func budget() throws {
        var random = SeededGenerator()
        for _ in 0..<2000 {
            let needs = PoolerPlan.Needs(
                cores: .random(in: 1...128, using: &random), clients: .random(in: 1...5000, using: &random),
                serverConnections: .random(in: 20...2000, using: &random),
                superuserReserve: .random(in: 0...10, using: &random), direct: .random(in: 0...100, using: &random),
                databases: .random(in: 1...5, using: &random))
            guard let plan = try? PoolerPlan(needs) else { continue }
            let free = needs.serverConnections - needs.superuserReserve - needs.direct
            #expect(plan.connectionsMax(databases: needs.databases) <= free, random.note)
            for figure in [plan.transactions, plan.reads, plan.sessions] { #expect(figure.value >= 1, random.note) }
            #expect(plan.clientsMax.value >= needs.clients, random.note)
        }
    }

    @Test("The numbers of a few machines, each with its reason")
    func figures() throws {
        var text = ""
        for (cores, connections) in [(1, 40), (2, 100), (8, 200), (32, 500)] {
            let plan = try PoolerPlan(.init(cores: cores, serverConnections: connections))
            text += "\(cores) cores, max_connections \(connections)\n"
            let figures = [
                ("transactions", plan.transactions), ("reads", plan.reads), ("sessions", plan.sessions),
                ("clients", plan.clientsMax), ("session clients", plan.sessionClientsMax),
                ("descriptors", plan.descriptors),
            ]
            for (name, figure) in figures { text += "  \(name): \(figure.value) (\(figure.reason))\n" }
        }
        expectGolden(text, "plan")
    }

    @Test("A server with too few connections is refused, with the number that it takes")
    func tooFew() {
        let error = #expect(throws: ParlorError.self) { try PoolerPlan(.init(cores: 2, serverConnections: 25)) }
        #expect(
            error?.description == """
                PostgreSQL allows too few connections for the pooler: 25 less 3 for superusers and 20 direct ones leave 2 \
                for each database, and it takes 4
                HINT: Raise max_connections to 63 or more.
                """)
    }

    @Test("A limit of open files that is too low says what to set")
    func descriptors() throws {
        let error = DescriptorLimit(now: 1024, most: 1024).tooLow(for: 2280)
        #expect(error.description.contains("LimitNOFILE=2280"))
        #expect(try DescriptorLimit.current().now > 0)
        #expect(throws: ParlorError.self) { try DescriptorLimit.ensure(Int.max / 2) }
    }
}
