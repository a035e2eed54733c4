import Basics
import Glibc
package import Loop
import Processes

/// The folder below which a test process keeps the state of all its systems, and the guard that ends and removes what
/// is left of them when the test process ends, however it ends.
package actor Sandbox {
    /// That of this process.
    package static let shared = Sandbox()

    private let root = "/tmp/parlor-integration-\(RandomIdentifier.hex(bytes: 4))"
    private var guarded: Task<Void, any Error>?

    /// The path of a new folder for one system; nothing stands there yet.
    package func newPlace(_ name: String) async throws -> String {
        let guarding = guarded ?? Task { [root] in try await Self.startGuard(of: root) }
        guarded = guarding
        try await guarding.value
        return "\(root)/\(name)-\(RandomIdentifier.hex(bytes: 3))"
    }

    /// Runs `body` with a new place, among the few that may run a system at a time, and clears it whatever happens.
    package static func use(_ name: String, _ body: (String) async throws -> Void) async throws {
        try await Slots.systems.use {
            let place = try await shared.newPlace(name)
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(place)) } catch { outcome = .failure(error) }
            try await EventLoop.onThread { loop in try await clear(place, on: loop) }
            try outcome.get()
        }
    }

    /// Ends every process that has `path` in its environment or works below it, takes down what is mounted there, and
    /// removes it with the places that its links lead to.
    private static let clearing = """
        clear() {
            processes() {
                grep -lsF "$1" /proc/[0-9]*/environ
                find /proc/[0-9]*/cwd -maxdepth 0 -lname "$1*" 2>/dev/null
            }
            while found=$(processes "$1" | cut -d/ -f3) && [ -n "$found" ]; do
                kill -KILL $found 2>/dev/null
                sleep 0.02
            done
            awk -v path="$1" 'index($2, path) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mount; do
                umount -l "$mount"
            done
            find "$1" -type l -lname '/var/lib/parlor/*' -exec readlink {} + 2>/dev/null | xargs -r rm -rf
            rmdir /var/lib/parlor 2>/dev/null
            rm -rf "$1"
        }
        """

    /// Does that for one place now.
    package static func clear(_ path: String, on loop: EventLoop) async throws {
        let script = "\(clearing)\nclear \"$1\""
        try await Child.runSuccessfully(
            Program("/bin/bash", ["-c", script, "bash", path], environment: ["PATH": "/usr/bin:/bin"]),
            within: .seconds(30), on: loop)
    }

    /// The guard's life is tied to this process by the kernel's signal at the end of the thread that started it, which
    /// is why that thread never ends by itself.
    private static func startGuard(of root: String) async throws {
        try Files.makeFolder(root, mode: 0o755)
        chmod(root, 0o755)
        let script = """
            \(clearing)
            trap 'kill $!; clear "$1"; exit' TERM
            sleep infinity & wait
            """
        let (started, report) = AsyncThrowingStream.makeStream(of: Void.self)
        // Unstructured because it lasts as long as the process.
        Task {
            try await EventLoop.onThread { loop in
                do {
                    let program = Program(
                        "/bin/bash", ["-c", script, "parlor-test-guard", root],
                        environment: ["PATH": "/usr/bin:/bin"], parentDeathSignal: SIGTERM)
                    let child = try Child(starting: program, on: loop)
                    report.yield()
                    report.finish()
                    _ = try await child.exitStatus()
                } catch { report.finish(throwing: error) }
            }
        }
        for try await _ in started {}
    }
}
