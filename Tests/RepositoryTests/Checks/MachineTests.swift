import Testing

/// The repository speaks of the product, never of a machine that somebody worked on.
enum Machines {
    private static let folders = ["/ho·me/", "/ro·ot/", "/wo·rk/", "/Us·ers/"].map(spelled)
    private static let drives = ["C:·\\", "D:·\\"].map(spelled)
    private static let hosts = [
        "deb.deb·ian.org", "security.deb·ian.org", "py·pi.org", "python·hosted.org", "registry.np·mjs.org",
        "registry-1.doc·ker.io", "gh·cr.io", "qu·ay.io", "pkg.d·ev", "proxy.go·lang.org", "crat·es.io", "artif·actory",
        "jf·rog",
    ].map(spelled)

    static func faults(in files: [SourceFile]) -> [Fault] {
        files.flatMap { file -> [Fault] in
            let onePath = "is a path of one machine; make it relative, or a setting"
            let registry = "is a registry; name the package and leave the host to the machine"
            return folders.flatMap { found($0, in: file, onePath) { startsPath(after: $0.before) } }
                // In `"A:\n"` an escape follows; a path goes on with a capital.
                + drives.flatMap {
                    found($0, in: file, onePath) { startsPath(after: $0.before) && isCapital($0.after) }
                }
                + hosts.flatMap { found($0, in: file, registry) { _ in true } }
        }
    }

    private static func found(
        _ word: String, in file: SourceFile, _ objection: String, where counts: (Occurrence) -> Bool
    ) -> [Fault] {
        file.occurrences(of: word).filter(counts).map {
            Fault(path: file.path, line: $0.line, message: "\(word) \(objection)")
        }
    }

    private static func startsPath(after byte: UInt8?) -> Bool {
        byte.map { " \t\n\"'`(<[{=:,>|;".utf8.contains($0) } ?? true
    }

    private static func isCapital(_ byte: UInt8?) -> Bool { byte.map { (65...90).contains($0) } ?? false }
}

@Suite struct MachineTests {
    @Test(
        "A path of a machine and the host of a registry are named",
        arguments: [
            "let path = \"/ho·me/me/x\"", "cd /wo·rk/main", "PATH=/ro·ot/bin", "dir C:·\\Users", "(/Us·ers/me)",
            "deb http://deb.deb·ian.org/debian", "pip install -i https://py·pi.org/simple",
        ])
    func named(text: String) {
        #expect(Machines.faults(in: [SourceFile("a.md", "\n" + spelled(text))]).map(\.line) == [2])
    }

    @Test(
        "Paths of the product and of Debian are fine",
        arguments: [
            "/var/lib/dpkg/status", "\\(folder)/wo·rk/queue", "docs/ho·me/a.md", "print(\"C:·\\n\")", "$HOME/x",
            "/tmp/x", "--home-dir /nonexistent",
        ])
    func fine(text: String) { #expect(Machines.faults(in: [SourceFile("a.md", spelled(text))]) == []) }

    @Test("No file of the tree names a machine")
    func tree() { expectNone(Machines.faults(in: Repository.files)) }
}
