import Basics
import JSONText
import Loop
import Processes
import SystemTestSupport
import Testing

/// What `install` writes below a root of a test's own, and what that is good for.
@Suite struct InstallTests {
    private static let checkout = Files.parent(of: Files.parent(of: Files.parent(of: #filePath)))

    /// An image of a machine: a folder, and the program told where its checkout is.
    private struct Image {
        let system: ParlorSystem

        var root: String { "\(system.place)/image" }
        var configuration: String { "\(root)/etc/parlor/parlor.yaml" }
        var unit: String { "\(root)/usr/local/lib/systemd/system/parlor.service" }
        var program: String { "\(root)/usr/local/lib/parlor/parlor" }

        func install(_ words: String...) async throws -> Outcome {
            try await system.start(["install", "--root", root] + words).outcome()
        }

        func succeed(_ words: String...) async throws -> String {
            let outcome = try await system.start(["install", "--root", root] + words).outcome()
            guard outcome.code == 0 else { throw Failure(outcome.description) }
            return outcome.output
        }

        /// Runs the installed program, as it is called in the image, without a word about where anything is.
        func run(_ words: String...) async throws -> Outcome {
            try await system.with(["PARLOR_STATE": "", "PARLOR_INTERNAL_ROOT": ""])
                .start(words, of: "\(root)/usr/local/bin/parlor").outcome()
        }
    }

    private static func withImage(
        _ environment: [String: String] = ["PARLOR_INTERNAL_ROOT": checkout],
        _ body: @escaping @Sendable (Image) async throws -> Void
    ) async throws {
        try await ParlorSystem.unlimited("install", .new, environment) { system in
            let image = Image(system: system)
            try Files.makeFolder("\(image.root)/etc", mode: 0o755)
            let account = ParlorSystem.account
            try Files.writeAtomically(
                "root:x:0:0::/:/bin/sh\n\(account.name):x:\(account.user):\(account.group)::/:/bin/false\n",
                to: "\(image.root)/etc/passwd", mode: 0o644)
            try await body(image)
        }
    }

    @Test("A plan names everything and writes nothing")
    func dry() async throws {
        try await Self.withImage { image in
            let plan = try await image.succeed("--dry-run")
            for path in [image.program, image.unit, image.configuration] {
                #expect(plan.contains("create    \(path)\n"))
            }
            #expect(try Files.list(image.root) == ["etc"] && Files.list("\(image.root)/etc") == ["passwd"])
        }
    }

    @Test("Everything is written; the second time nothing changes")
    func twice() async throws {
        try await Self.withImage { image in
            let first = try await image.succeed()
            #expect(first.contains("created   \(image.program)\n"))
            #expect(first.contains("systemctl --root=\(image.root) enable parlor.service\n"))
            #expect(try Files.status(image.program)?.mode == 0o755)
            #expect(try Files.status(image.configuration)?.mode == 0o600)
            let migrations = try Files.list("\(Self.checkout)/schema/migrations")
            #expect(try Files.list("\(image.root)/usr/local/lib/parlor/schema/migrations") == migrations)
            let second = try await image.succeed()
            #expect(second == "kept      \(image.configuration)\nnothing changed\n")
        }
    }

    @Test("The configuration is given to the user that the image knows under this name", .enabled(if: Machine.isRoot))
    func owner() async throws {
        try await Self.withImage { image in
            let file = "\(image.system.place)/mine.yaml"
            try Files.writeAtomically("run_as: \(ParlorSystem.account.name)\n", to: file)
            _ = try await image.succeed("--config", file)
            #expect(try Files.status(image.configuration)?.owner == ParlorSystem.account.user)
            #expect(try Files.status(image.program)?.owner == 0)
            #expect(try Files.readText(image.unit).contains("\nUser=\(ParlorSystem.account.name)\n"))
        }
    }

    @Test("Where the image does not know the user, people hear of it")
    func unknownUser() async throws {
        try await Self.withImage { image in
            let file = "\(image.system.place)/mine.yaml"
            try Files.writeAtomically("run_as: somebody\n", to: file)
            #expect(try await image.succeed("--config", file).contains("note: there is no user somebody below"))
        }
    }

    @Test("A newer version replaces what differs and removes what it does not bring; the configuration stays")
    func upgrade() async throws {
        try await Self.withImage { image in
            let file = "\(image.system.place)/mine.yaml"
            try Files.writeAtomically("api:\n  port: 4000\n", to: file)
            _ = try await image.succeed("--config", file)
            #expect(try Files.readText(image.configuration) == "api:\n  port: 4000\n")
            try Files.writeAtomically("api:\n  port: 5000\n", to: image.configuration)
            try Files.writeAtomically("a former version", to: image.program, mode: 0o755)
            let old = "\(image.root)/usr/local/lib/parlor/schema/migrations/1_old"
            try Files.makeFolder(old, mode: 0o755)
            let output = try await image.succeed("--config", file)
            #expect(output.contains("replaced  \(image.program)\n"))
            #expect(output.contains("removed   \(Files.parent(of: old)), 1 file\n"))
            #expect(output.contains("kept      \(image.configuration)\n"))
            #expect(output.contains("is there already, so \(file) was not copied\n"))
            #expect(!output.contains(image.unit))
            #expect(try Files.readText(image.configuration) == "api:\n  port: 5000\n")
            #expect(!Files.exists(old))
            let loaded = try await image.run("config", "show", "--json")
            #expect(try loaded.json["file"]?.text == image.configuration, "\(loaded)")
        }
    }

    @Test("The installed program finds its configuration, its migrations and its state by itself")
    func places() async throws {
        try await Self.withImage { image in
            _ = try await image.succeed()
            try Files.writeAtomically("api:\n  port: 4711\n", to: image.configuration)
            let shown = try await image.run("config", "show", "--json")
            #expect(try shown.json["file"]?.text == image.configuration, "\(shown)")
            let plan = try await image.run("up", "--dry-run")
            #expect(
                plan.output.contains("state      in \(image.root)/var/lib/parlor/state, which will be made"), "\(plan)")
            let status = try await image.run("status")
            #expect(status.output.hasPrefix("nothing runs"), "\(status)")
        }
    }

    @Test("What systemd itself has to say about the unit is nothing", .enabled(if: ServiceManagers.canVerify))
    func verified() async throws {
        try await Self.withImage { image in
            _ = try await image.succeed()
            let units = "\(image.root)/usr/lib/systemd"
            try Files.makeFolder(units, mode: 0o755)
            let loop = image.system.loop
            try await Child.runSuccessfully(
                Program("/bin/cp", ["-r", ServiceManagers.units, units]), within: .seconds(30), on: loop)
            let verify = Program(ServiceManagers.analyzer, ["verify", "--root=\(image.root)", "parlor.service"])
            let outcome = try await Child.run(verify, within: .seconds(60), on: loop)
            #expect(outcome.status.isSuccess && outcome.output == "")
            // What is not right is found, so that silence says something.
            let text = try Files.readText(image.unit)
            try Files.writeAtomically(text.replacing("UMask", with: "Mask"), to: image.unit)
            let complaint = try await Child.run(verify, within: .seconds(60), on: loop)
            #expect(complaint.output.contains("Unknown key 'Mask'"), "\(complaint)")
        }
    }

    @Test("A setting, a checkout without migrations and a file beside the configuration are refused, each with a hint")
    func refused() async throws {
        try await Self.withImage { image in
            expectRefusal(try await image.install("--set", "api.port=4000"), .usage, "install takes no --set")
            let file = "\(image.system.place)/mine.yaml"
            try Files.makeFolder("\(image.system.place)/own", mode: 0o755)
            try Files.writeAtomically("database:\n  migrations: own\n", to: file)
            expectRefusal(
                try await image.install("--config", file), .configuration, "database.migrations names a file beside")
            #expect(!Files.exists(image.program) && !Files.exists(image.configuration))
        }
        try await Self.withImage([:]) { image in
            expectRefusal(try await image.install(), .file, "there are no migrations to install")
        }
    }

    @Test("Who is not root is told so, and may look", .enabled(if: Machine.isRoot, "needs another user to become"))
    func ordinaryUser() async throws {
        try await ParlorSystem.unlimited("install", .new) { system in
            let program = "\(system.place)/parlor"
            try await Child.runSuccessfully(
                Program("/bin/cp", [ParlorSystem.program, program]), within: .seconds(30), on: system.loop)
            let become = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            let outcome = try await system.start(["install"], of: program, through: become).outcome()
            expectRefusal(outcome, .system, "installing wants root", "--dry-run")
        }
    }
}

/// What this machine has of systemd.
private enum ServiceManagers {
    static let analyzer = "/usr/bin/systemd-analyze"
    static let units = "/usr/lib/systemd/system"

    static let canVerify = Files.exists(analyzer) && Files.exists("\(units)/multi-user.target")
}
