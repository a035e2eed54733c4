import Basics
import Glibc
import Loop
import TestSupport
import Testing
import Trust

@testable import Hardening

/// Lines that look at this machine alone, on what the test itself has opened.
@Suite struct MachineTests {
    private func verdict(of name: String, _ system: HardenedSystem, _ loop: EventLoop) async throws -> Verdict {
        let check = try #require(HardeningCheck.all.first { $0.name == name })
        return await check.run(on: system, loop).verdict
    }

    @Test("A process that listens where nothing is declared is found")
    func listeners() async throws {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            defer { listener.close() }
            guard case .tcp(let host, let port) = listener.address else { return }
            var system = HardenedSystem.nowhere
            system.processes = [getpid()]
            let stranger = "something listens at \(host):\(port)"
            var reasons = try await verdict(of: "listeners", system, loop).reasons
            #expect(reasons.contains(stranger))
            system.caches = [.init("the fake", host, port)]
            reasons = try await verdict(of: "listeners", system, loop).reasons
            #expect(!reasons.contains(stranger))
        }
    }

    @Test("A process of another user than the owner is found, and so is root's")
    func users() async throws {
        try await EventLoop.onThread { loop in
            var system = HardenedSystem.nowhere
            system.processes = [getpid()]
            system.owner = getuid() + 1
            guard case .failed = try await verdict(of: "users", system, loop) else {
                Issue.record("it passed")
                return
            }
            system.owner = getuid()
            let own = try await verdict(of: "users", system, loop)
            #expect(own == (getuid() == 0 ? .failed(["process \(getpid()) runs as root"]) : .passed(1)))
        }
    }

    @Test("Short passwords are found, and one that is used twice")
    func passwords() async throws {
        try await EventLoop.onThread { loop in
            var system = HardenedSystem.nowhere
            system.serviceRole.password = .generate()
            system.redis.password = .generate()
            system.secrets = ["a", "b"].map { (name: $0, value: Secret.generate()) }
            let sound = try await verdict(of: "passwords", system, loop)
            #expect(sound == .passed(4))
            system.secrets[1].value = Secret("short")
            let short = try await verdict(of: "passwords", system, loop)
            #expect(short == .failed(["b is too short"]))
            system.secrets[1].value = system.secrets[0].value
            let twice = try await verdict(of: "passwords", system, loop)
            #expect(twice == .failed(["a is used twice", "b is used twice"]))
        }
    }

    @Test("Files that others can read are found, and mended")
    func stateFiles() async throws {
        try await withTemporaryFolder { folder in
            try Files.makeFolder("\(folder)/secrets")
            try Files.makeFolder("\(folder)/postgres/node1/data")
            try Files.writeAtomically("x", to: "\(folder)/secrets/a")
            try Files.writeAtomically("x", to: "\(folder)/ca.crt", mode: 0o644)
            try Files.writeAtomically("x", to: "\(folder)/postgres/node1/data/b", mode: 0o644)
            try await EventLoop.onThread { loop in
                var system = HardenedSystem.nowhere
                (system.folder, system.owner) = (folder, getuid())
                let before = try await verdict(of: "state_files", system, loop)
                #expect(before.word == "passed", "\(before)")
                chmod("\(folder)/secrets/a", 0o640)
                let after = try await verdict(of: "state_files", system, loop)
                #expect(after == .failed(["secrets/a has the mode 640"]))
                #expect(try StateFileMending.run(in: folder, owner: getuid()) == ["\(folder)/secrets/a"])
                #expect(try StateFileMending.run(in: folder, owner: getuid()) == [])
                let mended = try await verdict(of: "state_files", system, loop)
                #expect(mended == before)
            }
        }
    }

    @Test("A certificate in the last third of its life is found")
    func certificates() async throws {
        try await withTemporaryFolder { folder in
            let store = CertificateStore(folder: "\(folder)/certificates")
            let part = CertifiedPart("node1", addresses: ["127.0.0.1"])
            try store.ensure([part], at: .now() + .seconds(-300 * 86_400))
            try await EventLoop.onThread { loop in
                var system = HardenedSystem.nowhere
                system.certificates = "\(folder)/certificates"
                let due = try await verdict(of: "certificates_due", system, loop)
                #expect(due.reasons.count == 1)
                #expect(due.reasons.first?.hasPrefix("that of node1 ends in ") == true)
                try store.ensure([part])
                let renewed = try await verdict(of: "certificates_due", system, loop)
                #expect(renewed == .passed(2))
            }
        }
    }
}
