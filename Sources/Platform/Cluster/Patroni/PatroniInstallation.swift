package import Basics
import Configuration
import Loop
package import Processes

/// The Patroni that set-up has put into a virtual environment of its own. Debian's 3.0.2 is not used: with etcd's v3 API
/// it lets a primary that was frozen take back its lease, and loses rows that were acknowledged.
package struct PatroniInstallation: Equatable, Sendable {
    /// The folder of the virtual environment.
    package let folder: String

    /// The versions that Parlor's fault tests have passed with.
    package static let version = "4.1"

    /// The one in `folder`; throws when there is none, or another version.
    package init(in folder: String) throws(ParlorError) {
        self.folder = folder
        guard Files.exists(python) else {
            throw ParlorError(
                .engineMissing, "Patroni is not installed", why: "there is no \(python)",
                hint: "Run \"./parlor\" once as a user who may write there; it installs what is missing.")
        }
        let found = try Self.version(in: folder)
        guard found.hasPrefix("\(Self.version).") else {
            throw ParlorError(
                .engineUnsupported, "Patroni \(found) in \(folder) is not supported",
                why: "Parlor works with \(Self.version)",
                hint: "Remove \(folder), then run \"./parlor\": it installs the right version.")
        }
    }

    private static func version(in folder: String) throws(ParlorError) -> String {
        for library in try Files.list("\(folder)/lib") {
            let packages = try Files.list("\(folder)/lib/\(library)/site-packages")
            for name in packages where name.hasPrefix("patroni-") && name.hasSuffix(".dist-info") {
                return String(name.dropFirst("patroni-".count).dropLast(".dist-info".count))
            }
        }
        return "of an unknown version"
    }

    private var python: String { "\(folder)/bin/python3" }

    /// Has Patroni take its times as they are told. It would raise those that are shorter than what it supports, and
    /// before a promotion wait two seconds for the host that is gone.
    private static let entryKeepingTimes = """
        import patroni.config, patroni.request, patroni.__main__
        patroni.config.Config._validate_and_adjust_timeouts = lambda self, config: None
        ask = patroni.request.PatroniRequest.__call__
        def ask_briefly(self, *arguments, **options):
            options["timeout"] = min(options.get("timeout") or 1, 1)
            return ask(self, *arguments, **options)
        patroni.request.PatroniRequest.__call__ = ask_briefly
        patroni.__main__.main()
        """

    /// Patroni with a configuration file. It stops PostgreSQL before it ends, unless it is killed.
    package func program(_ file: String, home: String, programs: String, profile: FailoverProfile) -> Program {
        let entry = profile == .lan ? ["-c", Self.entryKeepingTimes] : ["-m", "patroni"]
        // By the name it is called by, Python finds the environment that it belongs to.
        return Program(
            python, name: python, entry + [file],
            environment: [
                "PATH": "\(programs):/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": home,
                "PYTHONUNBUFFERED": "1",
            ], folder: home, parentDeathSignal: 15)
    }
}
