import Basics
import Glibc
import Loop

extension HardeningCheck {
    /// What lies on the disk, and what runs.
    static let machineChecks = [stateFiles, secretStrength, arguments, ownership, listeners]

    private static let stateFiles = HardeningCheck(
        "state_files", .machine, "every file of the state folder belongs to its user, and nobody else can read it",
        hint: "Run \"./parlor harden apply\", and replace what somebody may have read: see docs/hardening.md."
    ) { system, _ in
        try StateFiles(in: system.folder).map { path, status in
            let name = String(path.dropFirst(system.folder.count + 1))
            return StateFiles.observation(
                name.isEmpty ? "the state folder" : name, status.kind, mode: status.mode, owner: status.owner,
                expected: system.owner)
        }
    }

    private static let secretStrength = HardeningCheck(
        "passwords", .machine, "every password has at least 32 characters and is used for one thing alone",
        hint: "Take your own password out of the configuration: then one is generated."
    ) { system, _ in
        let all =
            system.secrets
            + [
                ("that of the service's role", system.serviceRole.password),
                ("that of Redis", system.redis.password),
            ].filter { own in !system.secrets.contains { $0.value == own.value } }
        return all.map { name, value in
            if value.reveal().utf8.count < 32 { return .violation("\(name) is too short") }
            return all.count { $0.value == value } > 1 ? .violation("\(name) is used twice") : .sound(name)
        }
    }

    private static let arguments = HardeningCheck(
        "arguments", .machine, "no password stands among the arguments of a process, where everybody can read it",
        hint: "End the process that is named, and run \"./parlor harden rotate passwords\"."
    ) { system, _ in
        ProcessFacts.processes.compactMap { process in
            guard let line = ProcessFacts.arguments(of: process) else { return nil }
            return ProcessFacts.observation("process \(process)", line, system.secrets)
        }
    }

    private static let ownership = HardeningCheck(
        "users", .machine, "every process of Parlor's runs as the one user who owns the state folder, who is not root",
        hint: "Set run_as to an ordinary user, then start again."
    ) { system, _ in
        system.processes.compactMap { process in
            guard let status = try? Files.status("/proc/\(process)") else { return nil }
            let user = status.owner
            if user == 0 { return .violation("process \(process) runs as root") }
            return user == system.owner ? .sound("\(process)") : .violation("process \(process) runs as user \(user)")
        }
    }

    private static let listeners = HardeningCheck(
        "listeners", .machine, "Parlor listens where it is declared to, and nowhere else",
        hint: "See with \"ss -tlnp\" who listens there; what Parlor declares stands in parlor.yaml."
    ) { system, _ in
        let own = Set(system.processes.flatMap { ProcessFacts.sockets(of: $0) })
        let sockets = try ["/proc/net/tcp", "/proc/net/tcp6"].filter { Files.exists($0) }
            .flatMap { try ListeningSocket.all(in: Files.readText($0)) }
        return sockets.filter { own.contains($0.inode) }.map { $0.observation(among: system.places) }
    }
}
