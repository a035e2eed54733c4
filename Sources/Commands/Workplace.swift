import Basics
import Configuration
import Glibc
import Installation
import Migrations
import Processes
import State

/// What most commands begin with: the configuration, and where and as whom everything runs.
struct Workplace {
    let loaded: LoadedConfiguration
    /// The folder of the checkout or of the installation, else where the program was started.
    let root: String
    /// Where the state folder is, or will be.
    let statePath: String
    /// Who owns the state and runs the parts.
    let account: UserAccount

    var configuration: Configuration { loaded.configuration }

    /// Reads the configuration and finds out the rest; nothing is touched.
    init(_ invocation: Invocation) throws {
        let environment = Self.environment
        root = Self.root(environment)
        loaded = try Self.load(invocation, environment, root)
        statePath = Self.statePath(environment, root)
        account = try Self.account(toRun: loaded.configuration.runAs)
    }

    /// The configuration that a command line asks for.
    static func load(
        _ invocation: Invocation, _ environment: [String: String] = environment, _ root: String? = nil
    ) throws -> LoadedConfiguration {
        let root = root ?? Self.root(environment)
        let overrides = invocation.command.values(of: .set).map { assignment in
            let pieces = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (key: String(pieces[0]), value: String(pieces.dropFirst().first ?? ""))
        }
        return try LoadedConfiguration.load(
            file: invocation.command.value(of: .config), standardFile: standardFile(root), environment: environment,
            overrides: overrides)
    }

    /// The folder of what the program needs: the launcher's checkout, else where it is installed, else where it was
    /// started.
    static func root(_ environment: [String: String]) -> String {
        environment["PARLOR_INTERNAL_ROOT"] ?? installed?.folder ?? currentFolder
    }

    /// The installation that this program belongs to; its configuration and its state have places of their own.
    private static let installed = Files.resolved("/proc/self/exe").flatMap(InstalledPlaces.init(ofProgram:))

    private static func standardFile(_ root: String) -> String {
        if let installed, installed.folder == root { return installed.configuration }
        let name = LoadedConfiguration.standardFile
        return root == currentFolder ? name : "\(root)/\(name)"
    }

    private static func statePath(_ environment: [String: String], _ root: String) -> String {
        if let installed, installed.folder == root, environment["PARLOR_STATE", default: ""].isEmpty {
            return installed.state
        }
        return StatePlace.find(environment: environment, root: root)
    }

    /// Where the state folder is, or will be, for a command that only looks.
    static var standardStatePath: String { statePath(environment, root(environment)) }

    private static var currentFolder: String { Files.resolved(".") ?? Files.absolute(".") }

    /// The variables of this process.
    static var environment: [String: String] {
        var found: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let pieces = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pieces.count == 2 { found[String(pieces[0])] = String(pieces[1]) }
            next += 1
        }
        return found
    }

    /// Who runs the parts: the named user when this is root, else whoever this is.
    static func account(toRun name: String) throws(ParlorError) -> UserAccount {
        let current = UserAccount.current
        guard current.isRoot else { return current }
        guard let account = UserAccount(named: name) else {
            throw ParlorError(
                .configuration, "there is no user \(name) to run as",
                hint:
                    "Run \"useradd --system --user-group --shell /usr/sbin/nologin \(name)\", or name another user in run_as."
            )
        }
        guard !account.isRoot else {
            throw ParlorError(
                .configuration, "run_as names root",
                why: "PostgreSQL refuses to run as root, and nothing else needs to",
                hint: "Name an ordinary user in run_as, or leave it out.")
        }
        return account
    }

    // MARK: - The migrations

    /// Where the migrations are: as the configuration says, else beside it.
    var migrationsPath: String { configuration.database.migrations ?? "\(root)/schema/migrations" }

    /// The migrations that a start brings its database to; nil where none are set and none stand beside the
    /// configuration. Read while this process may still be root, whose files these may be.
    func migrations() throws(ParlorError) -> MigrationFolder? {
        guard configuration.database.migrations != nil || Files.exists(migrationsPath) else { return nil }
        return try MigrationFolder(reading: migrationsPath)
    }

    // MARK: - The programs

    /// The folder of Patroni's virtual environment: as the configuration says, else where the launcher puts it.
    var patroniFolder: String {
        if let folder = configuration.cluster.patroni { return folder }
        let own = "\(root)/.build/patroni"
        return Files.exists("\(own)/complete") ? own : "/usr/local/lib/parlor/patroni"
    }

    // MARK: - The state folder

    /// The state folder, for a look only; nil when there is none yet.
    func stateFolder() throws -> StateFolder? {
        try isOnTheWay() ? nil : StateFolder.open(statePath, owner: account.user)
    }

    /// Whether a start of root's has made the folder and not given it to its owner yet; it may have been killed then.
    private func isOnTheWay() throws -> Bool {
        guard UserAccount.current.isRoot, let status = try Files.status(statePath) else { return false }
        return try status.owner == 0 && status.kind == .folder && Files.list(statePath).isEmpty
    }

    /// Who holds the state folder; nil when nobody does.
    func holder() throws -> Int32? { try stateFolder()?.holder() }

    /// The state folder, for work in it; nil when there is none yet. A process of root's becomes the owner for good.
    func enterStateFolder() throws -> StateFolder? {
        // Found by root, because the owner may not be able to follow the way there.
        let real = Files.resolved(statePath) ?? statePath
        let isOnTheWay = try isOnTheWay()
        try becomeOwner()
        return isOnTheWay ? nil : try StateFolder.open(real, owner: account.user)
    }

    /// The state folder, made where it is missing. A process of root's becomes the owner for good. `notice` hears of a
    /// folder
    /// that had to go elsewhere.
    func makeStateFolder(notice: (String) throws -> Void) throws -> StateFolder {
        if UserAccount.current.isRoot {
            if try isOnTheWay() {
                chown(statePath, account.user, account.group)
            } else if try Files.status(statePath, followLinks: false) == nil {
                let place = try StatePlace(statePath, user: account.user, group: account.group)
                try place.make(for: account.user, group: account.group)
                if let elsewhere = place.elsewhere, let closed = place.closedFolder,
                    Files.resolved(statePath) == elsewhere
                {
                    try notice("the user \(account.name) cannot enter \(closed), so the state goes to \(elsewhere)")
                }
            }
        }
        let real = Files.resolved(statePath) ?? statePath
        try becomeOwner()
        return try StateFolder.create(real, owner: account.user)
    }

    /// A process of root's becomes the owner for good.
    func becomeOwner() throws(ParlorError) {
        if UserAccount.current.isRoot { try account.become() }
    }
}
