import Basics
import Glibc
import Loop
import Processes
import Synchronization
import Testing

@Suite struct SupervisorTests {
    /// Runs a supervisor of `parts`, hands every change to `watch` until that returns true, then stops it.
    private func supervise(
        _ parts: @escaping @Sendable (EventLoop) -> [SupervisedProgram],
        until watch: @escaping @Sendable (PartStatus, Supervisor) async -> Bool
    ) async throws -> [PartStatus] {
        try await EventLoop.onThread { loop in
            let (changes, report) = AsyncStream.makeStream(of: PartStatus.self)
            let supervisor = Supervisor(parts(loop), stateFolder: "/tests/\(RandomIdentifier.hex(bytes: 4))", on: loop)
            {
                report.yield($0)
            }
            async let running: Void = supervisor.run()
            for await change in changes where await watch(change, supervisor) { break }
            supervisor.stop()
            await running
            return await supervisor.statuses
        }
    }

    private func sleeper(
        _ name: String, after: [String] = [], output: @escaping @Sendable (ArraySlice<UInt8>) -> Void = { _ in }
    ) -> SupervisedProgram {
        SupervisedProgram(
            PartDeclaration(name, kind: "service", after: after),
            program: { Program("/bin/sh", ["-c", "echo \(name) is here; exec sleep 1000"]) }, probe: {}, output: output)
    }

    @Test("A killed part is started again, keeps its name and says why in its status")
    func healed() async throws {
        let first = Mutex<Int32?>(nil)
        let last = try await supervise({ _ in [sleeper("one"), sleeper("two", after: ["one"])] }) {
            change, supervisor in
            let statuses = await supervisor.statuses
            guard change.name == "two", change.state == .ready, let pid = change.pid else { return false }
            if change.restarts == 0 {
                first.withLock { $0 = pid }
                kill(pid, SIGKILL)
                return false
            }
            #expect(pid != first.withLock { $0 })
            #expect(change.lastRestartReason == "killed by signal 9 (SIGKILL)")
            #expect(statuses[0].restarts == 0)
            #expect(await supervisor.statusesWithMemory().allSatisfy { ($0.memory?.bytes ?? 0) > 4096 })
            return true
        }
        #expect(last.map(\.state) == [.stopped, .stopped])
        #expect(last.allSatisfy { $0.pid == nil })
    }

    @Test("What a part writes arrives, to the last word before it ends")
    func output() async throws {
        let written = Mutex<[UInt8]>([])
        _ = try await supervise({ _ in
            [
                SupervisedProgram(
                    PartDeclaration("chatty", kind: "service", startAttempts: 1),
                    program: { Program("/usr/bin/seq", ["20000"]) },
                    probe: { throw ParlorError(.connection, "no answer") },
                    output: { bytes in written.withLock { $0 += bytes } })
            ]
        }) { change, _ in change.state == .failed }
        #expect(String(decoding: written.withLock { $0 }, as: UTF8.self).hasSuffix("19999\n20000\n"))
    }

    @Test("A part whose preparation fails keeps the whole error")
    func preparationError() async throws {
        _ = try await supervise({ _ in
            [
                SupervisedProgram(
                    PartDeclaration("database", kind: "database"),
                    prepare: { throw ParlorError(.diskFull, "no room", why: "all full", hint: "Free some.") },
                    program: { Program("/bin/true") }, probe: {})
            ]
        }) { change, supervisor in
            guard change.state == .failed else { return false }
            #expect(change.detail == "no room: all full")
            #expect(await supervisor.preparationError(of: "database")?.hint == "Free some.")
            return true
        }
    }

    @Test("Starting and stopping at any moment leaves nothing running", arguments: 0..<30)
    func stopAtAnyMoment(run: Int) async throws {
        let pids = Mutex<Set<Int32>>([])
        let changesUntilStop = Int.random(in: 1...12)
        let seen = Atomic(0)
        let last = try await supervise({ _ in
            (0..<6).map { sleeper("part\($0)", after: $0 < 2 ? [] : ["part\($0 - 2)"]) }
        }) { change, _ in
            if let pid = change.pid { _ = pids.withLock { $0.insert(pid) } }
            return seen.wrappingAdd(1, ordering: .relaxed).newValue >= changesUntilStop
        }
        #expect(last.allSatisfy { $0.state == .stopped }, "stopped after \(changesUntilStop) changes")
        for pid in pids.withLock({ $0 }) { #expect(kill(pid, 0) != 0 && errno == ESRCH) }
    }

    @Test("What a killed supervisor left is found by its mark and ended; others are left alone")
    func leftovers() async throws {
        try await EventLoop.onThread { loop in
            let ours = "/tests/\(RandomIdentifier.hex(bytes: 4))"
            let theirs = "/tests/\(RandomIdentifier.hex(bytes: 4))"
            func orphan(_ folder: String, _ script: String) throws -> Child {
                let environment = ["PARLOR_INTERNAL_PART": "15:postgres:\(folder)"]
                let program = Program("/bin/sh", ["-c", script], environment: environment, parentDeathSignal: nil)
                return try Child(starting: program, on: loop)
            }
            let polite = try orphan(ours, "exec sleep 1000")
            let stubborn = try orphan(ours, "trap '' TERM; while :; do sleep 1000; done")
            let foreign = try orphan(theirs, "exec sleep 1000")
            let parts = try await Leftovers.clear(ours, within: .milliseconds(200), on: loop)
            #expect(parts == ["postgres"])
            #expect(try await polite.exitStatus() == .signalled(SIGTERM))
            #expect(try await [.signalled(SIGKILL), .signalled(SIGTERM)].contains(stubborn.exitStatus()))
            #expect(foreign.isRunning)
            #expect(try await Leftovers.clear(ours, within: .seconds(1), on: loop).isEmpty)
            foreign.signal(SIGKILL)
            _ = try await foreign.exitStatus()
        }
    }

    @Test("Everything of a part is killed, halted or stubborn, known by its mark or by where it works; others live on")
    func wholePart() async throws {
        try await EventLoop.onThread { loop in
            let state = "/tests/\(RandomIdentifier.hex(bytes: 4))"
            let folder = "/tmp/parlor-part-\(RandomIdentifier.hex(bytes: 6))"
            try Files.makeFolder(folder)
            defer { try? Files.remove(folder) }
            func start(_ mark: String?, in folder: String?) throws -> Child {
                let environment = mark.map { ["PARLOR_INTERNAL_PART": $0] } ?? [:]
                let script = "trap '' TERM; while :; do sleep 1000; done"
                return try Child(
                    starting: Program("/bin/sh", ["-c", script], environment: environment, folder: folder), on: loop)
            }
            let marked = try start("15:node1:\(state)", in: nil)
            let working = try start(nil, in: folder)
            let sibling = try start("15:node2:\(state)", in: nil)
            marked.signal(SIGSTOP)
            try await Leftovers.kill("node1", of: state, workingIn: folder, within: .seconds(60), on: loop)
            #expect(try await marked.exitStatus() == .signalled(SIGKILL))
            #expect(try await working.exitStatus() == .signalled(SIGKILL))
            #expect(sibling.isRunning)
            // Where nothing is left, there is nothing to do.
            try await Leftovers.kill("node1", of: state, workingIn: folder, within: .zero, on: loop)
            try await Leftovers.kill("node2", of: state, workingIn: "\(folder)/none", within: .seconds(60), on: loop)
            _ = try await sibling.exitStatus()
        }
    }
}
