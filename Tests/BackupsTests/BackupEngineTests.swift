import Backups
import Basics
import FaultTestSupport
import Glibc
import Loop
import Postgres
import ServerTestSupport
import Synchronization
import Testing

/// Backups by the product's own types of a server that runs, all of one server and one repository.
@Suite(.serialized) struct BackupEngineTests {
    func withServer(
        _ body: @escaping @Sendable (ArchivingServer, EventLoop) async throws -> Void
    ) async throws {
        let server = try await ArchivingServer.shared()
        try await EventLoop.onThread { loop in try await body(server, loop) }
    }

    func expectSound(_ server: ArchivingServer, on loop: EventLoop) async throws {
        #expect(try await server.engine.verify(server.repository, on: loop).complaints == [])
        let state = try await server.engine.state(of: server.repository, on: loop)
        let first = try #require(state.backups.first.flatMap { LogFile($0.log.first) })
        try await server.archive(on: loop)
        #expect(try await server.engine.continuity(of: server.repository, from: first, on: loop).complaints == [])
    }

    @Test("Backups are made, are what they were, and have their log without holes")
    func sound() async throws {
        try await withServer { server, loop in
            let seen = Mutex(TransferProgress())
            let backup = try await server.backUp(.incremental, on: loop) { progress in seen.withLock { $0 = progress } }
            #expect(backup.kind == .incremental && !backup.hasErrors)
            let state = try await server.engine.state(of: server.repository, on: loop)
            #expect(state.backups.first?.kind == .full)
            #expect(state.newest == backup && backup.references.first == backup.fullLabel)
            #expect(state.serverVersion == 15 && state.trouble == nil)
            let progress = seen.withLock { $0 }
            #expect(progress.done > 0 && progress.done <= progress.total ?? 0)
            try await expectSound(server, on: loop)
        }
    }

    @Test("What is restored to a target has what was there then, and nothing that came later")
    func targets() async throws {
        try await withServer { server, loop in
            _ = try await server.backUp(.incremental, on: loop)
            let (moment, transaction) = try await server.connected(on: loop) { session in
                try await session.execute("INSERT INTO stages VALUES ('one')")
                let moment = try await session.query("SELECT clock_timestamp()").only[0, as: Timestamp.self]
                try await session.execute("INSERT INTO stages VALUES ('two')")
                _ = try await session.query("SELECT pg_create_restore_point('sale')")
                let number = try await session.query(
                    "INSERT INTO stages VALUES ('three') RETURNING txid_current()::text"
                ).only[0, as: String.self]
                try await session.execute("INSERT INTO stages VALUES ('four')")
                return (moment, try RecoveryTarget(number))
            }
            try await server.archive(on: loop)
            let cases: [(RecoveryTarget, String)] = [
                (.backupItself, ""), (.time(moment), "one"), (.restorePoint("sale"), "one two"),
                (transaction, "one two three"), (.latest, "one two three four"),
            ]
            for (target, expected) in cases {
                let stages = try await server.restored(to: target, on: loop) { session in
                    try await session.joined("SELECT name FROM stages WHERE NOT pg_is_in_recovery()")
                }
                #expect(stages == expected, "\(target)")
            }
            try await server.connected(on: loop) { try await $0.execute("TRUNCATE stages") }
        }
    }

    @Test("A table that is dropped while others write comes back with every row that was acknowledged, and no other")
    func droppedTable() async throws {
        try await withServer { server, loop in
            try await server.connected(on: loop) {
                try await $0.execute("CREATE TABLE bookings (number int PRIMARY KEY)")
            }
            let journal = Journal()
            let moment = try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<2 { group.addTask { try await journal.write(from: writer, to: server, on: loop) } }
                let moment = try await server.connected(on: loop) { session in
                    while journal.numbers.count < 200 { try await loop.sleep(for: .milliseconds(5)) }
                    try await session.execute("BEGIN; LOCK TABLE bookings")
                    let moment = try await session.query("SELECT clock_timestamp()").only[0, as: Timestamp.self]
                    try await session.execute("DROP TABLE bookings; COMMIT")
                    return moment
                }
                try await group.waitForAll()
                return moment
            }
            try await server.archive(on: loop)
            let expected = journal.numbers.sorted().map(String.init).joined(separator: " ")
            let rows = try await server.restored(to: .time(moment), on: loop) { session in
                try await session.joined("SELECT number::text FROM bookings ORDER BY bookings.number")
            }
            #expect(rows == expected)
        }
    }

    @Test("A folder in which something is stays as it is, unless it shall become equal to the backup")
    func notEmpty() async throws {
        try await withServer { server, loop in
            let place = server.place("kept")
            try Files.makeFolder(place.data)
            try Files.writeAtomically("mine", to: "\(place.data)/letter")
            let error = await #expect(throws: ParlorError.self) {
                try await server.restored(to: .latest, in: place, on: loop) { _ in }
            }
            #expect(
                error?.description == """
                    \(place.data) is not empty: a restore writes into an empty folder only
                    HINT: Name another with --folder, or make this one equal to the backup with --delta.
                    """)
            #expect(try Files.list(place.data) == ["letter"])
            try Files.writeAtomically("15\n", to: "\(place.data)/PG_VERSION")
            let (isThere, isLetter) = try await server.restored(to: .latest, isDelta: true, in: place, on: loop) {
                (try await $0.flag("SELECT count(*) > 0 FROM parlor.heartbeat"), Files.exists("\(place.data)/letter"))
            }
            #expect(isThere && !isLetter)
        }
    }

    @Test("A key that is wrong is said to be, in everything that is done with it, and is never shown")
    func wrongKey() async throws {
        try await withServer { server, loop in
            let key = Secret("another-key")
            let engine = try server.engine(withKey: key)
            let state = try await engine.state(of: server.repository, on: loop)
            #expect(state.backups.isEmpty)
            let source = RecoveryPlan.Source(server.repository, state, replayableFulls: 1, until: nil)
            let plan = #expect(throws: ParlorError.self) { try RecoveryPlan(.latest, from: [source]) }
            let made = await #expect(throws: ParlorError.self) {
                try await engine.backUp(.incremental, to: server.repository, on: loop) { _ in }
            }
            try Files.makeFolder(server.folder.path("empty"))
            let restored = await #expect(throws: ParlorError.self) {
                try await engine.restore([], into: server.folder.path("empty"), on: loop) { _ in }
            }
            for error in [plan, made, restored] {
                #expect(error?.what == "the repository cannot be read with this key")
                #expect(error?.hint?.contains("backups.key") == true)
                #expect(error?.debugDescription.contains(key.reveal()) == false)
            }
            #expect(try await !engine.verify(server.repository, on: loop).isWhole)
        }
    }

    @Test("While a backup is made a second one says so, and the first one goes on")
    func twoAtOnce() async throws {
        try await withServer { server, loop in
            // Its copy goes on for longer than it takes to hear of the first file.
            try server.addLargeFile()
            defer { server.removeLargeFile() }
            let (begun, announce) = AsyncStream.makeStream(of: Void.self)
            let isFirst = Mutex(true)
            async let first = server.backUp(.full, on: loop) { _ in
                // It stands still from its first file on until the second one has had its answer.
                let isNow = isFirst.withLock { first in
                    defer { first = false }
                    return first
                }
                guard isNow else { return }
                server.signal(SIGSTOP)
                announce.yield()
            }
            for await _ in begun { break }
            let error = await #expect(throws: ParlorError.self) { try await server.backUp(.full, on: loop) }
            server.removeLargeFile()
            server.signal(SIGCONT)
            #expect(error?.code == .alreadyRunning)
            #expect(error?.what == "another backup or restore is being made")
            let made = try await first
            #expect(!made.hasErrors)
        }
    }

    @Test("After a backup that was killed in the middle the next one is made, and the repository is sound")
    func killed() async throws {
        try await withServer { server, loop in
            let before = try await server.engine.state(of: server.repository, on: loop).backups
            try server.addLargeFile()
            defer { server.removeLargeFile() }
            let error = await #expect(throws: ParlorError.self) {
                try await server.backUp(.full, on: loop) { _ in server.killPrograms() }
            }
            #expect(error?.summary == "pgBackRest could not do \"backup\": it was killed by signal 9 (SIGKILL)")
            #expect(try await server.engine.state(of: server.repository, on: loop).backups == before)
            server.removeLargeFile()
            try await server.awaitPrograms(on: loop)
            let backup = try await server.backUp(.full, on: loop)
            #expect(backup.kind == .full && !backup.hasErrors)
            try await expectSound(server, on: loop)
        }
    }
}

/// What writers were told is written.
private final class Journal: Sendable {
    private let acknowledged = Mutex<[Int]>([])

    var numbers: [Int] { acknowledged.withLock { $0 } }

    /// Writes every second number until the table is gone.
    func write(from first: Int, to server: ArchivingServer, on loop: EventLoop) async throws {
        try await server.connected(on: loop) { session in
            var number = first
            while (try? await session.query("INSERT INTO bookings VALUES ($1)", number)) != nil {
                acknowledged.withLock { $0.append(number) }
                number += 2
            }
        }
    }
}
