/// What kind of thing went wrong, with the exit status that a command ends with because of it.
///
/// The registry below is complete and stable: a script may depend on every number. A test holds it against
/// docs/reference/exit-codes.md.
public struct ErrorCode: Hashable, Sendable, CustomStringConvertible {
    /// The name that stands in messages and in JSON, like `port_taken`.
    public let name: String
    /// The exit status of a command that fails with this code.
    public let exitStatus: Int32
    /// One sentence for the reference page.
    public let meaning: String

    private init(_ exitStatus: Int32, _ name: String, _ meaning: String) {
        self.exitStatus = exitStatus
        self.name = name
        self.meaning = meaning
    }

    /// The name.
    public var description: String { name }
}

extension ErrorCode {
    /// A mistake of Parlor's own.
    public static let unexpected = ErrorCode(1, "unexpected", "something Parlor did not foresee; please report it")
    /// The command line could not be understood.
    public static let usage = ErrorCode(2, "usage", "the command line could not be understood")
    /// Everything answered, and the answer is that the system is not well.
    public static let unhealthy = ErrorCode(3, "unhealthy", "the system runs but is not well")
    /// No agent runs for this state folder.
    public static let notRunning = ErrorCode(4, "not_running", "nothing runs for this state folder")
    /// Another agent holds this state folder.
    public static let alreadyRunning = ErrorCode(5, "already_running", "another agent holds this state folder")
    /// A dangerous command was given without `--yes`.
    public static let notConfirmed = ErrorCode(6, "not_confirmed", "a dangerous command wants --yes")
    /// Something did not happen within its time.
    public static let timeout = ErrorCode(7, "timeout", "something did not happen within its time")
    /// A person pressed Ctrl-C, or a deadline of the caller's own passed.
    public static let cancelled = ErrorCode(8, "cancelled", "the work was called off before it ended")
    /// Something was measured and is worse than it may be.
    public static let belowFloor = ErrorCode(9, "below_floor", "a measured figure is below its floor")

    /// `parlor.yaml`, the environment or a flag holds a value that cannot be used.
    public static let configuration = ErrorCode(10, "configuration", "the configuration holds something unusable")
    /// The state folder cannot be read or written.
    public static let stateFolder = ErrorCode(11, "state_folder", "the state folder cannot be used")
    /// The state folder belongs to another user.
    public static let stateFolderForeign = ErrorCode(
        12, "state_folder_foreign", "the state folder belongs to another user")
    /// A newer Parlor wrote the state folder.
    public static let stateFolderNewer = ErrorCode(13, "state_folder_newer", "a newer Parlor wrote the state folder")
    /// The disk has no room.
    public static let diskFull = ErrorCode(14, "disk_full", "the disk has no room left")
    /// No usable port was found.
    public static let portTaken = ErrorCode(15, "port_taken", "the port and its neighbours are taken")
    /// A program that Parlor needs is not installed.
    public static let engineMissing = ErrorCode(16, "engine_missing", "a needed program is not installed")
    /// A program is installed in a version that Parlor does not work with.
    public static let engineUnsupported = ErrorCode(
        17, "engine_unsupported", "a needed program has a version that is not supported")
    /// A part of the system did not become ready.
    public static let startFailed = ErrorCode(18, "start_failed", "a part of the system did not become ready")
    /// A child program ended with an error.
    public static let programFailed = ErrorCode(19, "program_failed", "a program ended with an error")

    /// A connection could not be made, or was lost.
    public static let connection = ErrorCode(20, "connection", "a connection could not be made, or was lost")
    /// The other side said something that its protocol does not allow.
    public static let protocolViolation = ErrorCode(21, "protocol_violation", "the other side broke its protocol")
    /// The database answered with an error.
    public static let database = ErrorCode(22, "database", "the database answered with an error")
    /// A file could not be read or written.
    public static let file = ErrorCode(23, "file", "a file could not be read or written")
    /// Text could not be read as what it should be.
    public static let malformed = ErrorCode(24, "malformed", "text could not be read as what it should be")
    /// The operating system refused something other than a file.
    public static let system = ErrorCode(25, "system", "the operating system refused a request")
    /// The migrations of a database need somebody's attention.
    public static let migration = ErrorCode(
        26, "migration", "a migration is pending, failed, or cannot be applied")
    /// A database is not what its migrations make.
    public static let drift = ErrorCode(27, "drift", "the database differs from what its migrations make")
    /// The cluster is not in the state that a request needs.
    public static let cluster = ErrorCode(28, "cluster", "the cluster is not in the state that this needs")
    /// A backup cannot be made, read or restored as things stand.
    public static let backup = ErrorCode(29, "backup", "a backup cannot be made, read or restored as things stand")

    /// Every code there is, in the order of the exit statuses.
    public static let all: [ErrorCode] = [
        unexpected, usage, unhealthy, notRunning, alreadyRunning, notConfirmed, timeout, cancelled, belowFloor,
        configuration, stateFolder, stateFolderForeign, stateFolderNewer, diskFull, portTaken, engineMissing,
        engineUnsupported, startFailed, programFailed,
        connection, protocolViolation, database, file, malformed, system, migration, drift, cluster, backup,
    ]
}
