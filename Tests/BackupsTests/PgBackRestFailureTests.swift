import Basics
import Testing

@testable import Backups

/// What pgBackRest 2.45 wrote to its standard error when each of these was wrong; names of places are shortened.
@Suite struct PgBackRestFailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var command = "backup"
        var wrote: String
        var code = ErrorCode.backup
        var says: String
        var testDescription: String { says }
    }

    @Test(
        "Each failure comes with its reason and what to do about it",
        arguments: Self.keys + Self.repositories + Self.places + Self.databases + Self.others)
    func words(_ expected: Case) {
        let error = PgBackRestFailure(expected.command, expected.wrote, "exited with status 1").error
        #expect(error.description == expected.says)
        #expect(error.code == expected.code)
        #expect(error.detail == expected.wrote)
    }

    private static let askForKey =
        "HINT: Set backups.key to the key that it was made with; see docs/backups.md, \"The key\"."

    private static let keys = [
        Case(
            wrote: """
                ERROR: [029]: unable to load info file '/r/backup.info' or '/r/backup.info.copy':
                       FormatError: key/value found outside of section at line 1: \u{FFFD}q\u{11}\u{FFFD} Su
                       FormatError: key/value found outside of section at line 1: \u{FFFD}q\u{11}\u{FFFD} Su
                       HINT: backup.info cannot be opened and is required to perform a backup.
                       HINT: has a stanza-create been performed?
                """,
            says: """
                the repository cannot be read with this key: unable to load info file '/r/backup.info' or \
                '/r/backup.info.copy'
                \(askForKey)
                """),
        Case(
            command: "restore",
            wrote: """
                WARN: repo1: [FormatError] unable to load info file '/r/backup.info' or '/r/backup.info.copy':
                      FormatError: key/value found outside of section at line 1: \u{FFFD}q\u{FFFD}\u{FFFD} Su
                ERROR: [075]: no backup set found to restore
                """,
            says: """
                the repository cannot be read with this key: no backup set found to restore
                \(askForKey)
                """),
        Case(
            wrote: """
                ERROR: [095]: unable to load info file '/r/backup.info' or '/r/backup.info.copy':
                       CryptoError: unable to flush
                """,
            says: """
                the repository cannot be read with this key: unable to load info file '/r/backup.info' or \
                '/r/backup.info.copy'
                \(askForKey)
                """),
    ]

    private static let repositories = [
        Case(
            wrote: """
                WARN: no prior backup exists, incr backup has been changed to full
                ERROR: [064]: raised from local-2 protocol: unable to write '/r/pg_data/base/1/2609.zst'
                       [FileWriteError] on retry after 0ms
                       [FileWriteError] on retry after 15000ms
                """, code: .diskFull,
            says: """
                there is no room for the backup: raised from local-2 protocol: unable to write \
                '/r/pg_data/base/1/2609.zst'
                HINT: Free some space where the repository is; what is archived already stays as it is.
                """),
        Case(
            wrote: """
                ERROR: [064]: raised from local-1 protocol: unable to write '/r/bundle/1': [2] No such file or directory
                """, code: .diskFull,
            says: """
                there is no room for the backup: raised from local-1 protocol: unable to write '/r/bundle/1': \
                [2] No such file or directory
                HINT: Free some space where the repository is; what is archived already stays as it is.
                """),
        Case(
            wrote: """
                ERROR: [064]: unable to write '/r/backup.manifest': [28] No space left on device
                """, code: .diskFull,
            says: """
                there is no room for the backup: unable to write '/r/backup.manifest': [28] No space left on device
                HINT: Free some space where the repository is; what is archived already stays as it is.
                """),
        Case(
            wrote: """
                ERROR: [049]: unable to load info file '/x/backup.info' or '/x/backup.info.copy':
                       HostConnectError: unable to connect to 'localhost:1': [111] Connection refused
                       HINT: backup.info cannot be opened and is required to perform a backup.
                """,
            says: """
                the repository cannot be reached: unable to load info file '/x/backup.info' or '/x/backup.info.copy'
                HINT: See whether the service answers; nothing is lost meanwhile.
                """),
        Case(
            wrote: "ERROR: [049]: unable to get address for 'nowhere.invalid': [-2] Name or service not known",
            says: """
                the repository cannot be reached: unable to get address for 'nowhere.invalid': [-2] Name or service \
                not known
                HINT: See whether the service answers; nothing is lost meanwhile.
                """),
        Case(
            wrote: """
                ERROR: [041]: unable to load info file '/r/backup.info' or '/r/backup.info.copy':
                       FileOpenError: unable to open file '/r/backup.info' for read: [13] Permission denied
                       HINT: backup.info cannot be opened and is required to perform a backup.
                """,
            says: """
                a file cannot be opened by the user that backups are made as: unable to load info file \
                '/r/backup.info' or '/r/backup.info.copy'
                HINT: Give that user the folder with chown; nothing is lost meanwhile.
                """),
        Case(
            command: "stanza-create",
            wrote: """
                ERROR: [028]: backup and archive info files exist but do not match the database
                       HINT: is this the correct stanza?
                       HINT: did an error occur during stanza-upgrade?
                """,
            says: """
                the repository holds backups of another cluster: backup and archive info files exist but do not match \
                the database
                HINT: Restore it with "./parlor restore full", or set another backups.folder or backups.s3.prefix.
                """),
        Case(
            wrote: """
                ERROR: [051]: PostgreSQL version 15, system-id 77107580 do not match stanza version 15, system-id 7710
                       HINT: is this the correct stanza?
                """,
            says: """
                the repository holds backups of another cluster: PostgreSQL version 15, system-id 77107580 do not \
                match stanza version 15, system-id 7710
                HINT: Restore it with "./parlor restore full", or set another backups.folder or backups.s3.prefix.
                """),
    ]

    private static let places = [
        Case(
            command: "restore",
            wrote: """
                ERROR: [040]: unable to restore to path '/srv/other' because it contains files
                       HINT: try using --delta if this is what you intended.
                """,
            says: """
                the folder is not empty: unable to restore to path '/srv/other' because it contains files
                HINT: Choose an empty folder, or --delta to make it equal to the backup.
                """),
        Case(
            command: "restore", wrote: "ERROR: [075]: backup set 20200101-000000F is not valid",
            says: """
                there is no such backup: backup set 20200101-000000F is not valid
                HINT: See what there is with "./parlor backup list".
                """),
        Case(
            command: "restore",
            wrote: """
                ERROR: [026]: raised from local-1 protocol: error restoring '/srv/base/5/1255': actual checksum '4f65' \
                does not match expected checksum '8360'
                       [ChecksumError] on retry after 0ms
                """,
            says: """
                a file of the backup is damaged: raised from local-1 protocol: error restoring '/srv/base/5/1255': \
                actual checksum '4f65' does not match expected checksum '8360'
                HINT: Choose another backup with --backup, and make a full one now with "./parlor backup run --full".
                """),
        Case(
            command: "restore",
            wrote: """
                ERROR: [055]: raised from local-1 protocol: unable to open missing file '/r/base/5/1255.zst' for read
                       [FileMissingError] on retry after 0ms
                """,
            says: """
                a file of the backup is missing: raised from local-1 protocol: unable to open missing file \
                '/r/base/5/1255.zst' for read
                HINT: Choose another backup with --backup, and make a full one now with "./parlor backup run --full".
                """),
    ]

    private static let databases = [
        Case(
            wrote: """
                ERROR: [050]: unable to acquire lock on file '/srv/lock/parlor-backup.lock': Resource temporarily \
                unavailable
                       HINT: is another pgBackRest process running?
                """, code: .alreadyRunning,
            says: """
                another backup or restore is being made: unable to acquire lock on file \
                '/srv/lock/parlor-backup.lock': Resource temporarily unavailable
                HINT: Wait until it is done: ./parlor backup list shows it.
                """),
        Case(
            wrote: """
                WARN: no prior backup exists, incr backup has been changed to full
                ERROR: [082]: WAL segment 000000010000000000000001 was not archived before the 1000ms timeout
                       HINT: check the archive_command to ensure that all options are correct (especially --stanza).
                       HINT: check the PostgreSQL server log for errors.
                """,
            says: """
                the log did not arrive in the repository: WAL segment 000000010000000000000001 was not archived before \
                the 1000ms timeout
                HINT: See what the server says of its archive_command with "./parlor logs"; the backup is begun again \
                later.
                """),
        Case(
            wrote: """
                WARN: unable to check pg1: [DbConnectError] unable to connect to 'dbname='postgres' port=25998': \
                connection to server on socket "/srv/.s.PGSQL.25998" failed: No such file or directory
                      \tIs the server running locally and accepting connections on that socket?
                ERROR: [056]: unable to find primary cluster - cannot proceed
                       HINT: are all available clusters in recovery?
                """,
            says: """
                the database cannot be asked: unable to find primary cluster - cannot proceed
                HINT: See how it is with "./parlor status".
                """),
    ]

    private static let others = [
        Case(
            command: "restore",
            wrote: """
                ERROR: [038]: unable to restore while PostgreSQL is running
                       HINT: presence of 'postmaster.pid' in '/srv/data' indicates PostgreSQL is running.
                       HINT: remove 'postmaster.pid' only if PostgreSQL is not running.
                """,
            says: """
                pgBackRest could not do "restore": unable to restore while PostgreSQL is running
                HINT: presence of 'postmaster.pid' in '/srv/data' indicates PostgreSQL is running.
                """),
        Case(
            wrote: "",
            says: """
                pgBackRest could not do "backup": it exited with status 1
                HINT: Its own words are in the log of the agent.
                """),
        Case(
            wrote: "P00  ERROR: [050]: unable to acquire lock", code: .alreadyRunning,
            says: """
                another backup or restore is being made: unable to acquire lock
                HINT: Wait until it is done: ./parlor backup list shows it.
                """),
    ]

    @Test("Nothing of what a wrong key made of a file is shown to anybody")
    func garbage() {
        for one in Self.keys {
            let error = PgBackRestFailure(one.command, one.wrote, "exited with status 29").error
            #expect(!error.description.contains("\u{FFFD}") && !error.summary.contains("outside of section"))
        }
    }
}
