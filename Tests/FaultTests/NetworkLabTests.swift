import Basics
import Glibc
import Loop
import Processes
import TestSupport
import Testing

@testable import FaultTestSupport

@Suite struct NetworkFilterTests {
    private static let filter = NetworkFilter(addresses: ["a": "10.77.0.1", "b": "10.77.0.2", "c": "10.77.0.3"])

    private func matches(_ host: String, _ faults: NetworkFault...) -> [String] {
        Self.filter.rules(of: host, for: Set(faults)).split(separator: "\n").filter { $0.hasPrefix("-A") }
            .map { $0.dropFirst("-A INPUT -i eth0 -s ".count).split(separator: " -j")[0] }.map(String.init)
    }

    @Test("Each fault is filtered by those who would receive, and by nobody else")
    func receivers() {
        #expect(matches("b", .oneWay(from: "a", to: "b")) == ["10.77.0.1"])
        #expect(matches("a", .oneWay(from: "a", to: "b")).isEmpty)
        #expect(matches("a", .parted("a", "b")) == ["10.77.0.2"])
        #expect(matches("b", .parted("a", "b")) == ["10.77.0.1"])
        #expect(matches("c", .parted("a", "b"), .unplugged("c")).isEmpty)
        #expect(matches("a", .silenced("a", .inward)) == ["0.0.0.0/0"])
        #expect(matches("b", .silenced("a", .inward)).isEmpty)
        #expect(matches("a", .silenced("a", .outward)).isEmpty)
        #expect(matches("b", .silenced("a", .outward)) == ["10.77.0.1"])
        let ports = ["-p tcp --dport 2379", "-p tcp --sport 2379"]
        #expect(matches("a", .deaf("a", ports: [2379])) == ports.map { "0.0.0.0/0 \($0)" })
        #expect(matches("c", .deaf("a", ports: [2379])) == ports.map { "10.77.0.1 \($0)" })
        let chance = "-m statistic --mode random --probability 0.3"
        #expect(matches("a", .lossy("a", percent: 30)) == ["0.0.0.0/0 \(chance)"])
        #expect(matches("c", .lossy("a", percent: 30)) == ["10.77.0.1 \(chance)"])
    }

    @Test("Without faults there are no rules, and what is there is taken away")
    func none() { #expect(Self.filter.rules(of: "a", for: []) == "*filter\nCOMMIT\n") }
}

@Suite(.networkLab, .serialized) struct NetworkLabTests {
    @Test("Hosts hear each other, each fault takes away what it says, and healing brings it back")
    func faults() throws {
        let lab = try NetworkLab(hosts: ["a", "b", "c"])
        let (a, b, c) = (lab["a"], lab["b"], lab["c"])
        #expect(try a.reaches(b) && b.reaches(a) && a.reaches(c))
        try lab.cause(.unplugged("a"))
        #expect(try a.misses(b) && b.misses(a) && b.reaches(c))
        try lab.heal(.unplugged("a"))
        try lab.cause(.oneWay(from: "a", to: "b"))
        #expect(try a.misses(b) && b.reaches(a) && a.reaches(c))
        try lab.healAll()
        try lab.cause(.silenced("a", .outward))
        #expect(try a.misses(b) && a.misses(c) && b.reaches(a))
        try lab.healAll()
        try lab.cause(.silenced("a", .inward), .parted("b", "c"))
        #expect(try b.misses(a) && a.reaches(b) && b.misses(c) && c.misses(b))
        try lab.heal(.silenced("a", .inward), .parted("b", "c"))
        #expect(try b.reaches(a) && c.reaches(b))
        try lab.cause(.lossy("a", percent: 100))
        #expect(try a.misses(b) && b.misses(a) && b.reaches(c))
        try lab.healAll()
        #expect(try a.reaches(b))
        try lab.remove()
    }

    @Test("A program on a host ends with the thread that started it")
    func death() async throws {
        let lab = try NetworkLab(hosts: ["a"])
        let host = lab["a"]
        let user = try #require(UserAccount(named: "nobody"))
        let pid = try await EventLoop.onThread { loop in
            try host.start(Program("/bin/sleep", ["3600"]), as: user, on: loop).pid
        }
        while let stat = ProcessStat(of: pid), stat.state != "Z" { await Task.yield() }
        waitpid(pid, nil, 0)
        try lab.remove()
    }

    @Test("A program on a host runs unprivileged and sees the host's network alone")
    func program() async throws {
        let lab = try NetworkLab(hosts: ["a"])
        let host = lab["a"]
        let user = try #require(UserAccount(named: "nobody"))
        try await withTemporaryFolder { folder in
            let output = open("\(folder)/said", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(output) }
            try await EventLoop.onThread { loop in
                let script = Program(
                    "/bin/sh", ["-c", "id -u; ip -4 -br address"], environment: ["PATH": "/usr/sbin:/usr/bin:/bin"])
                let child = try host.start(
                    script, as: user, output: .descriptors(output: output, error: output), on: loop)
                #expect(try await child.exitStatus().isSuccess)
            }
            let said = try Files.readText("\(folder)/said")
            #expect(said.hasPrefix("\(user.user)\n") && said.contains("\(host.address)/24"))
            #expect(said.split(separator: "\n").count == 3, "its number, lo and eth0")
        }
        try lab.remove()
    }

    @Test("A thread that stays on a host keeps the lab from being taken down quietly")
    func stray() async throws {
        let lab = try NetworkLab(hosts: ["a"])
        try await lab["a"].run { _ in
            _ = #expect(throws: ParlorError.self) { try lab.remove() }
        }
        try lab.remove()
    }

    @Test("A run on a host that is cancelled ends")
    func cancelled() async throws {
        let lab = try NetworkLab(hosts: ["a"])
        let host = lab["a"]
        try await EventLoop.onThread { loop in
            let begun = LoopWait<Void>()
            let visit = Task(executorPreference: loop) {
                try await host.run { inner in
                    loop.execute { begun.succeed() }
                    try await inner.sleep(for: .seconds(3600))
                }
            }
            try await begun.value(on: loop)
            visit.cancel()
            await #expect(throws: CancellationError.self) { try await visit.value }
        }
        try lab.remove()
    }

    @Test("What a killed run left is removed by the next lab, what belongs to a running process is not")
    func leftovers() throws {
        let own = LabMark().namespace("mine")
        // Numbers of processes are given again: the beginning tells them apart.
        let stale = NetworkNamespace(name: "parlor-lab-\(getpid())-1-abcdef-left")
        for network in [own, stale] { try network.create() }
        defer { try? own.remove() }
        #expect(LabMark(own)?.isOwned == true && LabMark(stale)?.isOwned == false)
        try NetworkLab(hosts: ["a"]).remove()
        let left = NetworkNamespace.all
        #expect(left.contains(own) && !left.contains(stale))
        #expect(!left.contains { $0.name.contains("-switch") && LabMark($0)?.isOwned == false })
    }
}
