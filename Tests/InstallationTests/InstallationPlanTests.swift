import Basics
import Glibc
import Installation
import TestSupport
import Testing

/// Decided without a file.
@Suite struct InstallationPlanTests {
    private let program = InstalledFile("/lib/program", .copy(of: "/new/program"), mode: 0o755)
    private let settings = InstalledFile("/etc/settings", .text("new"), mode: 0o600, isKept: true)

    @Test(
        "What is missing is made, what differs is replaced, what is as it should be is left",
        arguments: [
            (InstallationPlan.Finding.nothing, InstallationPlan.Change.create), (.different, .replace),
            (.same, .leave),
        ])
    func changes(finding: InstallationPlan.Finding, change: InstallationPlan.Change) throws {
        let plan = try InstallationPlan([program], find: { _ in finding })
        #expect(plan.steps == [.init(change: change, path: "/lib/program", file: program)])
        #expect(plan.isEmpty == (change == .leave))
    }

    @Test("What belongs to the operator is made where it is missing, and otherwise kept")
    func kept() throws {
        #expect(try InstallationPlan([settings], find: { _ in .nothing }).steps.map(\.change) == [.create])
        let plan = try InstallationPlan([settings], find: { _ in .different })
        #expect(plan.steps.map(\.change) == [.keep] && plan.isEmpty)
    }

    @Test("What a former version brought goes last")
    func obsolete() throws {
        let plan = try InstallationPlan([program], removing: ["/lib/old"], find: { _ in .nothing })
        #expect(plan.changes.map(\.change) == [.create, .remove])
        #expect(plan.changes("/lib/old") && plan.changes("/lib/program") && !plan.changes("/etc/settings"))
    }

    @Test("What somebody else put there is not replaced, and nothing is done")
    func foreign() throws {
        let error = try #require(throws: ParlorError.self) {
            try InstallationPlan([settings, program], find: { $0 == program ? .other("a folder") : .nothing })
        }
        #expect(error.code == .file && error.summary.hasPrefix("/lib/program is a folder, and not Parlor's"))
        #expect(error.hint == "Move it away, then install again.")
    }
}

/// Carried out.
@Suite struct InstallationPlanFilesTests {
    /// More than one chunk of what is copied.
    private let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    private func files(in folder: String) -> [InstalledFile] {
        [
            InstalledFile("\(folder)/lib/program", .copy(of: "\(folder)/source"), mode: 0o755),
            InstalledFile("\(folder)/bin/program", .link(to: "../lib/program")),
            InstalledFile("\(folder)/etc/settings", .text("a: 1\n"), mode: 0o600, isKept: true),
            InstalledFile("\(folder)/units/unit", .text("[Unit]\n")),
        ]
    }

    private func plan(_ folder: String, removing obsolete: [String] = []) throws -> InstallationPlan {
        try InstallationPlan(comparing: files(in: folder), removing: obsolete)
    }

    /// Gives a folder in which everything is installed.
    private func withInstallation(_ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(bytes, to: "\(folder)/source")
            try plan(folder).apply()
            try body(folder)
        }
    }

    @Test("Everything is made, with its permissions, in folders that everybody may enter, and nothing else is left")
    func made() throws {
        try withInstallation { folder throws in
            #expect(try Files.read("\(folder)/lib/program") == bytes)
            #expect(try Files.read("\(folder)/bin/program") == bytes)
            #expect(try Files.status("\(folder)/lib/program")?.mode == 0o755)
            #expect(try Files.status("\(folder)/etc/settings")?.mode == 0o600)
            #expect(try Files.readText("\(folder)/units/unit") == "[Unit]\n")
            #expect(try Files.status("\(folder)/lib")?.mode == 0o755)
            for (place, name) in [("lib", "program"), ("bin", "program"), ("etc", "settings"), ("units", "unit")] {
                #expect(try Files.list("\(folder)/\(place)") == [name])
            }
        }
    }

    @Test("Twice is once")
    func twice() throws {
        try withInstallation { folder throws in
            #expect(try plan(folder).steps.map(\.change) == [.leave, .leave, .keep, .leave])
        }
    }

    @Test("What differs in content, length, permissions or target is replaced, and only that")
    func replaced() throws {
        try withInstallation { folder in
            var other = bytes
            other[other.count - 1] ^= 1
            let damages: [(String, () throws -> Void)] = [
                ("lib/program", { try Files.writeAtomically(other, to: "\(folder)/lib/program", mode: 0o755) }),
                (
                    "lib/program",
                    { try Files.writeAtomically(bytes.dropLast(), to: "\(folder)/lib/program", mode: 0o755) }
                ),
                ("units/unit", { try Files.writeAtomically("[Unit]\n", to: "\(folder)/units/unit", mode: 0o666) }),
                ("units/unit", { try Files.writeAtomically("[Unix]\n", to: "\(folder)/units/unit", mode: 0o644) }),
            ]
            for (path, damage) in damages {
                try damage()
                let plan = try plan(folder)
                #expect(plan.changes.map(\.path) == ["\(folder)/\(path)"])
                #expect(plan.changes.map(\.change) == [.replace])
                try plan.apply()
                #expect(try self.plan(folder).isEmpty)
            }
        }
    }

    @Test("What the operator wrote stays, and what is obsolete goes with all that is in it")
    func kept() throws {
        try withInstallation { folder in
            try Files.writeAtomically("a: 2\n", to: "\(folder)/etc/settings", mode: 0o640)
            try Files.makeFolder("\(folder)/old/deep")
            try plan(folder, removing: ["\(folder)/old"]).apply()
            #expect(try Files.readText("\(folder)/etc/settings") == "a: 2\n")
            #expect(try Files.status("\(folder)/etc/settings")?.mode == 0o640)
            #expect(!Files.exists("\(folder)/old"))
        }
    }

    @Test("A program that is in use is exchanged at one stroke, and its users keep the former one")
    func inUse() throws {
        try withInstallation { folder in
            let path = "\(folder)/lib/program"
            let former = open(path, O_RDONLY | O_CLOEXEC)
            defer { close(former) }
            try Files.writeAtomically([1, 2, 3], to: "\(folder)/source")
            try plan(folder).apply()
            #expect(try Files.read(path) == [1, 2, 3])
            #expect(try Files.read("/proc/self/fd/\(former)") == bytes)
        }
    }

    @Test("What an installation that was killed left of a file goes with the next, and nothing else does")
    func unfinished() throws {
        try withInstallation { folder in
            let others = ["program.new", "program.0123abc.new", "programs.0123abcd.new", "program.0123abcd"]
            for name in others + ["program.0123abcd.new"] {
                try Files.writeAtomically("", to: "\(folder)/lib/\(name)")
            }
            try Files.writeAtomically([1], to: "\(folder)/source")
            try plan(folder).apply()
            #expect(try Files.list("\(folder)/lib") == (others + ["program"]).sorted())
        }
    }

    @Test("A folder, or a file where a link belongs, is not replaced")
    func foreign() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(bytes, to: "\(folder)/source")
            try Files.makeFolder("\(folder)/bin")
            try Files.writeAtomically("mine", to: "\(folder)/bin/program")
            #expect(throws: ParlorError.self) { try plan(folder) }
            #expect(try Files.readText("\(folder)/bin/program") == "mine")
            #expect(!Files.exists("\(folder)/lib"))
        }
    }
}
