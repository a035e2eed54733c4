import Basics
import Glibc
import Loop
import Processes

@testable import Cluster

/// The way from tests that may run as root to programs that refuse to.
enum Unprivileged {
    /// Where the version that the tests run on has its programs.
    private static let folder = PostgresInstallation.debianFolder(15)
    private static let identity = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]

    /// A program that runs as the user `postgres` where this process is root, and as itself elsewhere.
    static func program(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) -> Program {
        guard getuid() == 0 else { return Program(executable, arguments, environment: environment) }
        return Program("/usr/bin/setpriv", identity + [executable] + arguments, environment: environment)
    }

    /// PostgreSQL's programs, each behind a script below `home` that gives everything in the server's folder (`HOME`)
    /// to the server's user before it becomes that user; and nobody waits for the disk.
    static func installation(home: String, on loop: EventLoop) async throws -> PostgresInstallation {
        let programs = "\(home)/programs"
        try Files.makeFolder(programs)
        for (name, options) in [("initdb", "--no-sync"), ("postgres", "-c fsync=off")] {
            try await script(
                """
                #!/bin/sh
                if [ "$(id -u)" = 0 ]; then
                    chown -R postgres: "$HOME"
                    set -- setpriv \(identity.joined(separator: " ")) --pdeathsig INT "\(folder)/\(name)" \(options) "$@"
                else
                    set -- "\(folder)/\(name)" \(options) "$@"
                fi
                exec "$@"

                """, to: "\(programs)/\(name)", on: loop)
        }
        return PostgresInstallation(folder: programs, version: 15)
    }

    /// Gives a file that this process wrote to the user that the programs run as.
    static func give(_ path: String) {
        guard getuid() == 0, let user = getpwnam("postgres") else { return }
        chown(path, user.pointee.pw_uid, user.pointee.pw_gid)
    }

    /// Writes an executable script.
    ///
    /// A child writes it: what this process has open for writing, and children of other tests inherit for a moment,
    /// cannot be started.
    static func script(_ text: String, to path: String, on loop: EventLoop) async throws {
        let write = "printf '%s' \"$1\" > \"$2\" && chmod 755 \"$2\""
        try await Child.runSuccessfully(
            Program("/bin/sh", ["-c", write, "sh", text, path], environment: ["PATH": "/usr/bin:/bin"]),
            within: .seconds(30), on: loop)
    }
}
