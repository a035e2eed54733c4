import Basics
import Glibc
package import Loop
package import ObjectStorage
package import Postgres
import Processes

/// Makes a dump that can be read without Parlor: with the recipient's private key, zstd and pg_restore.
///
///     gpg --decrypt salons_full_20261121T030000Z.dump.zst.gpg | zstd -d | pg_restore --dbname salons
///
/// `pg_dump`, `zstd` and `gpg` are joined by pipes, so the data never touches a disk unencrypted. The file grows in a
/// folder of its own, which is removed whatever happens; it gets its name when it is whole and durable, and after that
/// `metadata.json` beside it says what it is. Then it is copied to the bucket, when there is one, together with whatever
/// else is not there yet; and what the policy no longer wants goes from both.
///
/// When it fails there is no new dump. A bucket that fails does not undo the dump: the result names the fault, and the
/// next run copies what is missing.
package struct PortableBackup: Sendable {
    /// The server, the database and who dumps it: a role that may read everything. Not through a pooler, because two
    /// connections share one snapshot.
    package var connection: ConnectionOptions
    /// The programs.
    package var programs: PortablePrograms
    /// What the folders of dumps stand below.
    package var root: String
    /// A file with a public key, or a folder of such files.
    package var recipients: String
    /// Where dumps are copied to.
    package var storage: (any ObjectStorage)?
    /// What all names in the storage begin with.
    package var prefix = ""
    /// What goes afterwards; nil when nothing does.
    package var retention: RetentionPolicy?
    /// How long the dump itself may take.
    package var limit = Duration.seconds(12 * 3600)

    /// A dump of a database into a folder.
    package init(
        of connection: ConnectionOptions, with programs: PortablePrograms, into root: String, for recipients: String
    ) {
        self.connection = connection
        self.programs = programs
        self.root = root
        self.recipients = recipients
    }

    private static let unfinished = ".unfinished-"

    /// Makes the dump. There is one at a time in a folder.
    package func run(on loop: EventLoop) async throws -> PortableResult {
        let lock = try await loop.blocking { [root] in try Self.lock(root) }
        defer { withExtendedLifetime(lock) {} }
        let workshop = "\(root)/\(Self.unfinished)\(RandomIdentifier.hex(bytes: 4))"
        try await loop.blocking { [root] in try Self.open(workshop, in: root) }
        let entry: PortableEntry
        do {
            entry = try await make(in: workshop, on: loop)
            await Self.remove(workshop, on: loop)
        } catch {
            await Self.remove(workshop, on: loop)
            throw error
        }
        return await finish(entry, FolderShelf(root: root, loop: loop))
    }

    private static func lock(_ root: String) throws(ParlorError) -> FileLock {
        try Files.makeFolder(root)
        guard let lock = try FileLock.take("\(root)/.lock") else {
            throw ParlorError(
                .alreadyRunning, "a dump into \(root) is being made already", hint: "Wait until it is done.")
        }
        return lock
    }

    /// Makes the folder in which the dump grows, and removes those that a killed process left.
    private static func open(_ workshop: String, in root: String) throws(ParlorError) {
        for name in try Files.list(root) where name.hasPrefix(unfinished) { try Files.remove("\(root)/\(name)") }
        try Files.makeFolder(workshop)
    }

    private static func remove(_ workshop: String, on loop: EventLoop) async {
        // Unstructured because a cancelled task could not wait for it.
        await Task(executorPreference: loop) { try? await loop.blocking { try Files.remove(workshop) } }.value
    }

    private func make(in workshop: String, on loop: EventLoop) async throws -> PortableEntry {
        let versions = try await programs.versions(on: loop)
        let gnuPG = GnuPG(executable: programs.encryption, home: workshop)
        let recipients = try await PortableRecipient.all(at: recipients, gnuPG, on: loop)
        let started = Self.now()
        let shelf = FolderShelf(root: root, loop: loop)
        let name = try await loop.blocking { [self] in unusedName(started) }
        var day = try await shelf.day(name.folder)
        let session = try await PostgresSession.connect(connection, on: loop)
        defer { session.close() }
        let file = "\(workshop)/\(name.file)"
        let (snapshot, dumpSize) = try await session.transaction(isolation: .repeatableRead, readOnly: true) {
            let snapshot = try await DumpSnapshot.take(in: session)
            // At the place that was found, because the snapshot is known there only.
            let dump = programs.dump(of: session.options, snapshot, home: workshop)
            return (snapshot, try await write(dump, gnuPG.encryption(to: recipients), to: file, on: loop))
        }
        let (size, sha256) = try await loop.blocking { try FilePieces.digest(of: file) }
        try await loop.blocking { [root] in
            try Files.makeFolder("\(root)/\(name.folder)")
            try Files.move(file, to: "\(root)/\(name.path)")
            try Self.syncFolders(above: name, below: root)
        }
        let entry = PortableEntry(
            name: name, size: size, sha256: sha256, dumpSize: dumpSize,
            versions: [.init(program: "postgresql", version: snapshot.serverVersion)] + versions,
            position: snapshot.position, timeline: snapshot.timeline, tables: snapshot.tables,
            recipients: recipients.map(\.fingerprint), started: started, finished: Self.now())
        day.add(entry)
        do {
            try await shelf.write(day, name.folder)
        } catch {
            // Of what nobody wrote anything down about nobody would know whether it is whole.
            try? await shelf.remove(name)
            throw error
        }
        return entry
    }

    /// Makes the folders of the day, the month and the year durable too: they may be new.
    private static func syncFolders(above name: PortableName, below root: String) throws(ParlorError) {
        var folder = name.folder
        while folder != "." {
            folder = Files.parent(of: folder)
            try Files.syncFolder(folder == "." ? root : "\(root)/\(folder)")
        }
    }

    /// Now, as exactly as it is written down.
    private static func now() -> Timestamp {
        let now = Timestamp.now().microseconds
        return Timestamp(microseconds: now - now % 1000)
    }

    /// A dump that is begun within the second of another one bears the next second, so that it does not take its place.
    private func unusedName(_ begun: Timestamp) -> PortableName {
        var name = PortableName(database: connection.database, begun: begun)
        while Files.exists("\(root)/\(name.path)") {
            name = PortableName(database: connection.database, begun: name.begun + .seconds(1))
        }
        return name
    }

    /// Runs the three programs into a new file, durably; gives back how much was dumped.
    private func write(
        _ dump: Program, _ encryption: Program, to file: String, on loop: EventLoop
    ) async throws -> Int? {
        let descriptor = Glibc.open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ParlorError.systemCall("open", path: file, errno: errno) }
        defer { close(descriptor) }
        let errors: [String]
        do {
            errors = try await Pipeline([dump, programs.compress, encryption]).run(
                into: descriptor, within: limit, on: loop)
        } catch var error as ParlorError {
            error.hint = error.hint ?? Self.hint(for: error, root)
            throw error
        }
        try await loop.blocking {
            guard fsync(descriptor) == 0 else { throw ParlorError.systemCall("fsync", path: file, errno: errno) }
        }
        return PortablePrograms.bytesIn(errors[1])
    }

    private static func hint(for error: ParlorError, _ root: String) -> String {
        switch error.code {
        case .diskFull: "Free some space on the file system that holds \(root), then try again."
        case .timeout: "See whether something holds locks on tables or slows the disk down, then try again."
        case _ where error.what.hasPrefix("pg_dump"):
            "See that PostgreSQL runs and that the role may read every table, then try again."
        default: "See that the recipients' keys can be used and that the program is whole, then try again."
        }
    }
}
