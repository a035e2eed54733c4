import Basics
import Configuration
import Glibc
import Installation
import Processes

/// What an installation is made of: the files of this program and its checkout, and the configuration of the operator.
struct InstallationMaterial {
    /// The files in the order in which they are written: the unit comes when all that it names is there.
    let files: [InstalledFile]
    /// What a former version brought and this one does not.
    let obsolete: [String]
    /// What people should know of the plan.
    let notices: [String]

    /// Finds everything out; nothing is touched.
    init(_ invocation: Invocation, _ places: InstalledPlaces) throws {
        guard invocation.command.values(of: .set).isEmpty else {
            throw ParlorError(
                .usage, "install takes no --set", why: "what the agent runs with stands in a file",
                hint: "Write the setting into \(places.configuration), or into the file of --config.")
        }
        let root = Workplace.root(Workplace.environment)
        let configuration = try InstalledConfiguration(invocation, places, root)
        let migrations = "\(root)/schema/migrations"
        var brought: [String] = []
        var obsolete: [String] = []
        if configuration.bringsMigrations {
            guard Files.exists(migrations) else {
                throw ParlorError(
                    .file, "there are no migrations to install", why: "\(migrations) does not exist",
                    hint: "Install from a checkout, or name a folder that stays in database.migrations.")
            }
            brought = try Self.files(below: migrations)
            obsolete = try Self.obsolete(in: places.migrations, besides: try Files.list(migrations))
        }
        let runbooks = RunbookPages.folder(root)
        let installedRunbooks = RunbookPages.folder(places.folder)
        let pages = Files.exists(runbooks) ? try Self.files(below: runbooks) : []
        self.obsolete = try obsolete + Self.obsolete(in: installedRunbooks, besides: pages)
        files =
            brought.map { InstalledFile("\(places.migrations)/\($0)", .copy(of: "\(migrations)/\($0)")) }
            + pages.map { InstalledFile("\(installedRunbooks)/\($0)", .copy(of: "\(runbooks)/\($0)")) } + [
                InstalledFile(places.program, .copy(of: "/proc/self/exe"), mode: 0o755),
                InstalledFile(places.command, .link(to: InstalledPlaces.linkToProgram)),
                configuration.file,
                InstalledFile(places.unit, .text(configuration.unit.text)),
            ]
        notices = configuration.notices
    }

    /// The files in a folder and in those below it, by their paths from there.
    private static func files(below folder: String, _ path: String = "") throws -> [String] {
        try Files.list("\(folder)/\(path)").flatMap { name -> [String] in
            let isFolder = try Files.status("\(folder)/\(path)\(name)")?.kind == .folder
            return isFolder ? try files(below: folder, "\(path)\(name)/") : ["\(path)\(name)"]
        }
    }

    private static func obsolete(in folder: String, besides names: [String]) throws -> [String] {
        guard Files.exists(folder) else { return [] }
        return try Files.list(folder).filter { !names.contains($0) }.map { "\(folder)/\($0)" }
    }
}

/// The configuration that the agent will run with: the one that is there, else the one that is copied or made.
private struct InstalledConfiguration {
    let file: InstalledFile
    let unit: ServiceUnit
    /// Whether the migrations are those of the product.
    let bringsMigrations: Bool
    private(set) var notices: [String] = []

    init(_ invocation: Invocation, _ places: InstalledPlaces, _ root: String) throws {
        let named = invocation.command.value(of: .config)
        let isThere = Files.exists(places.configuration)
        // The unit has no variables, so none count here.
        let loaded = try LoadedConfiguration.load(
            file: isThere ? places.configuration : named,
            standardFile: "\(root)/\(LoadedConfiguration.standardFile)", environment: [:])
        if isThere, let named, Files.resolved(named) != Files.resolved(places.configuration) {
            notices.append("\(places.configuration) is there already, so \(named) was not copied")
        }
        let entries = loaded.entries().filter { !$0.isDefault }
        if !isThere, let source = loaded.file { try Self.checkCopy(of: source, entries) }
        let owner = try Self.owner(loaded.configuration.runAs, places)
        if owner == nil, !isThere, !places.root.isEmpty {
            notices.append(
                "there is no user \(loaded.configuration.runAs) below \(places.root); make it, and give it "
                    + places.configuration)
        }
        file = InstalledFile(
            places.configuration, loaded.file.map { .copy(of: $0) } ?? .text(Self.withoutSettings), mode: 0o600,
            owner: geteuid() == 0 ? owner : nil, isKept: true)
        bringsMigrations = loaded.configuration.database.migrations == nil
        unit = ServiceUnit(user: loaded.configuration.runAs, readsHomes: entries.contains { Self.isAtHome($0.value) })
    }

    private static let withoutSettings = """
        # Parlor's settings on this host; docs/reference/configuration.md names them all, "parlor config show" what counts.
        # The file may hold passwords, so nobody but the user of run_as reads it.

        """

    /// A path that is relative means another file elsewhere, and one into a checkout goes with it.
    private static func checkCopy(
        of source: String, _ entries: [LoadedConfiguration.Entry]
    ) throws(ParlorError) {
        let folder = Files.parent(of: Files.absolute(source))
        for entry in entries where entry.value.hasPrefix("\(folder)/") {
            throw ParlorError(
                .configuration, "\(entry.key) names a file beside \(source), which will not stand there once installed",
                hint: "Put it where it stays, and write its whole path.")
        }
    }

    private static func isAtHome(_ value: String) -> Bool {
        let parts = value.split(separator: "/", maxSplits: 1)
        return value.hasPrefix("/") && parts.count == 2 && ["home", "root"].contains(parts[0])
    }

    /// The numbers of the user: this machine's, or what the image says. Nil when the image does not know it.
    private static func owner(_ user: String, _ places: InstalledPlaces) throws -> InstalledFile.Owner? {
        guard !places.root.isEmpty else {
            // Whoever only looks need not have the user yet.
            guard UserAccount.current.isRoot else { return nil }
            let account = try Workplace.account(toRun: user)
            return InstalledFile.Owner(user: account.user, group: account.group)
        }
        let accounts = "\(places.root)/etc/passwd"
        guard Files.exists(accounts) else { return nil }
        for line in try Files.readText(accounts).split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 3, fields[0] == user, let number = UInt32(fields[2]), let group = UInt32(fields[3])
            else { continue }
            return InstalledFile.Owner(user: number, group: group)
        }
        return nil
    }
}
