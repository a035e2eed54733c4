import Basics
import Processes
import TestSupport
import Testing

@Suite struct SupervisorMachineTests {
    private static let database = PartDeclaration(
        "database", kind: "database", startLimit: .seconds(60),
        stopSteps: [.init(2, within: .seconds(20)), .init(3, within: .seconds(5))], isRestartedWhenUnresponsive: false)
    private static let service = PartDeclaration("service", kind: "service", after: ["database"])
    private static let worker = PartDeclaration("worker", kind: "worker", after: ["database"])

    private func started() -> Simulation {
        var simulation = Simulation([Self.database, Self.service, Self.worker])
        simulation.post(.start)
        simulation.run(for: .seconds(1))
        return simulation
    }

    @Test("A part is started when what it depends on answers, and those beside each other start together")
    func orderedStart() {
        var simulation = Simulation([Self.database, Self.service, Self.worker])
        simulation.post(.start)
        simulation.run(for: .milliseconds(40))
        #expect(simulation.log == ["database started"])
        #expect(simulation["service"].state == .waiting)
        #expect(simulation["service"].detail == "waiting for database")
        simulation.run(for: .seconds(1))
        #expect(simulation.log == ["database started", "service started", "worker started"])
        #expect(simulation.machine.isHealthy)
        #expect(simulation["service"].pid == 102)
    }

    @Test("Parts stop in the opposite order, each when nothing needs it any more")
    func orderedStop() {
        var simulation = started()
        simulation.post(.stop)
        simulation.run(for: .seconds(1))
        #expect(
            simulation.log.dropFirst(3) == [
                "worker got signal 15", "service got signal 15", "database got signal 2", "finished",
            ])
        #expect(simulation.machine.statuses.allSatisfy { $0.state == .stopped && $0.pid == nil })
    }

    @Test("A part that was killed is started again at once, and says why")
    func healedAtOnce() {
        var simulation = started()
        simulation.crash("service")
        simulation.run(for: .milliseconds(70))
        #expect(simulation["service"].state == .ready)
        #expect(simulation["service"].restarts == 1)
        #expect(simulation["service"].lastRestartReason == "killed by signal 9 (SIGKILL)")
        #expect(simulation["database"].restarts == 0)
    }

    @Test("A part that is killed on demand is started again, and says why; one that does not run is left alone")
    func killedOnDemand() {
        var simulation = started()
        simulation.post(.kill(part: "service", reason: "fenced"))
        simulation.run(for: .milliseconds(70))
        #expect(simulation.log.suffix(2) == ["service got signal 9", "service started"])
        #expect(simulation["service"].lastRestartReason == "fenced")
        simulation.post(.stop)
        simulation.post(.kill(part: "service", reason: "fenced"))
        simulation.run(for: .seconds(1))
        #expect(simulation.machine.statuses.allSatisfy { $0.state == .stopped })
        #expect(simulation["service"].restarts == 1)
    }

    @Test("A part that needs one of several starts with the first of them, and stops before all of them")
    func anyOfSeveral() {
        let pooler = PartDeclaration("pooler", kind: "pooler", after: ["node1", "node2"], needing: 1)
        var simulation = Simulation([
            PartDeclaration("node1", kind: "database"), PartDeclaration("node2", kind: "database"), pooler,
        ])
        simulation.behaviours["node1"] = .init(answersAfter: nil)
        simulation.post(.start)
        simulation.run(for: .seconds(1))
        #expect(simulation["pooler"].state == .ready)
        #expect(simulation["node1"].state == .starting)
        simulation.post(.stop)
        simulation.run(for: .seconds(30))
        #expect(simulation.log[3] == "pooler got signal 15")
    }

    @Test("A part that is added is started when what it needs is ready; one that retires is stopped and forgotten")
    func addedAndRetired() {
        var simulation = started()
        simulation.post(.add(PartDeclaration("extra", kind: "database", after: ["database"])))
        simulation.run(for: .seconds(1))
        #expect(simulation["extra"].state == .ready)
        simulation.post(.retire(part: "extra"))
        simulation.run(for: .seconds(1))
        #expect(simulation.log.suffix(2) == ["extra started", "extra got signal 15"])
        #expect(simulation.machine.statuses.map(\.name) == ["database", "service", "worker"])
        simulation.post(.add(PartDeclaration("extra", kind: "database")))
        simulation.run(for: .seconds(1))
        #expect(simulation["extra"].state == .ready && simulation.machine.isHealthy)
        simulation.post(.stop)
        simulation.run(for: .seconds(30))
        #expect(simulation.machine.statuses.allSatisfy { $0.state == .stopped })
    }

    @Test("What depends on a part keeps running while that part is started again")
    func dependentsKeepRunning() {
        var simulation = started()
        simulation.crash("database")
        simulation.run(for: .milliseconds(70))
        #expect(simulation["database"].state == .ready)
        #expect(simulation.log.filter { $0 == "service started" }.count == 1)
    }

    @Test("A part that keeps ending is started after longer and longer waits, without end")
    func growingWaits() {
        var simulation = started()
        simulation.behaviours["service"] = .init(endsAfter: .milliseconds(60))
        simulation.crash("service")
        simulation.run(for: .seconds(600))
        let restarts = simulation["service"].restarts
        #expect((40...60).contains(restarts), "\(restarts) restarts in ten minutes")
        #expect(simulation["service"].state != .failed)
    }

    @Test("After a good time the first restart comes at once again")
    func settled() {
        var simulation = started()
        for _ in 0..<8 {
            simulation.run(for: .seconds(11))
            simulation.crash("service")
            simulation.run(for: .milliseconds(70))
            #expect(simulation["service"].state == .ready)
        }
    }

    @Test("A part that was never ready is given up after its attempts, and what depends on it goes on waiting")
    func givenUp() {
        var simulation = Simulation([Self.database, Self.service])
        simulation.behaviours["database"] = .init(answersAfter: nil, endsAfter: .milliseconds(10))
        simulation.post(.start)
        simulation.run(for: .seconds(60))
        #expect(simulation["database"].state == .failed)
        #expect(simulation["database"].detail == "exited with status 1")
        #expect(simulation.log.filter { $0 == "database started" }.count == 5)
        #expect(simulation["service"].state == .waiting)
        simulation.post(.stop)
        simulation.run(for: .zero)
        #expect(simulation.isFinished)
    }

    @Test("A preparation that fails at first is final; one that fails later is tried again")
    func preparationFails() {
        var simulation = Simulation([Self.database])
        simulation.behaviours["database"] = .init(preparation: .failure(.init(reason: "no room")))
        simulation.post(.start)
        simulation.run(for: .seconds(60))
        #expect(simulation["database"].state == .failed)
        #expect(simulation["database"].detail == "no room")

        simulation = started()
        simulation.behaviours["database"] = .init(preparation: .failure(.init(reason: "no room")))
        simulation.crash("database")
        simulation.run(for: .seconds(5))
        #expect(simulation["database"].state == .backingOff)
        #expect(simulation["database"].lastRestartReason == "no room")
        simulation.behaviours["database"] = nil
        simulation.run(for: .seconds(20))
        #expect(simulation["database"].state == .ready)
    }

    @Test("A start that takes too long is killed and counted, with the last answer as the reason")
    func startLimit() {
        var simulation = Simulation([Self.database])
        simulation.behaviours["database"] = .init(answersAfter: nil)
        simulation.post(.start)
        simulation.run(for: .seconds(61))
        #expect(simulation.log.contains("database got signal 9"))
        #expect(simulation["database"].lastRestartReason == "not ready within 1 min: no answer")
    }

    @Test("A service that no longer answers is killed and started again; a database is only reported")
    func unresponsive() {
        var simulation = started()
        simulation.behaviours["service"] = .init(answersAfter: nil)
        simulation.behaviours["database"] = .init(answersAfter: nil)
        simulation.run(for: .seconds(7))
        #expect(simulation["service"].lastRestartReason == "did not answer: no answer")
        #expect(simulation["database"].state == .unresponsive)
        #expect(!simulation.log.contains("database got signal 9"))
        simulation.behaviours = [:]
        simulation.run(for: .seconds(70))
        #expect(simulation.machine.isHealthy)
    }

    @Test("A part that ignores its signals is killed in the end")
    func stubborn() {
        var simulation = started()
        simulation.behaviours["database"] = .init(obeys: [9])
        simulation.post(.stop)
        simulation.run(for: .seconds(26))
        #expect(
            simulation.log.suffix(4) == [
                "database got signal 2", "database got signal 3", "database got signal 9", "finished",
            ])
    }

    @Test("Asking again takes the next step at once")
    func hurry() {
        var simulation = started()
        simulation.behaviours["service"] = .init(obeys: [9])
        simulation.post(.stop)
        simulation.run(for: .milliseconds(100))
        simulation.post(.hurry)
        simulation.run(for: .milliseconds(100))
        #expect(simulation.isFinished)
    }

    @Test("Whatever happens in whatever order, a stop ends everything and no program is left", arguments: 0..<40)
    func randomHistories(run: Int) {
        var generator = SeededGenerator()
        var simulation = Simulation([Self.database, Self.service, Self.worker])
        simulation.post(.start)
        for _ in 0..<200 {
            let part = ["database", "service", "worker"].randomElement(using: &generator)!
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: simulation.crash(part, .exited(Int32.random(in: 0...3, using: &generator)))
            case 1: simulation.behaviours[part] = .init(answersAfter: nil)
            case 2: simulation.behaviours[part] = .init(preparation: .failure(.init(reason: "no room")))
            case 3: simulation.behaviours[part] = .init(obeys: [9])
            default: simulation.behaviours[part] = nil
            }
            simulation.run(for: .milliseconds(Int.random(in: 0...4000, using: &generator)))
        }
        simulation.post(.stop)
        simulation.run(for: .seconds(120))
        #expect(simulation.isFinished, "TEST_SEED=\(generator.seed): \(simulation.machine.statuses)")
        #expect(simulation.running.isEmpty, generator.note)
    }
}
