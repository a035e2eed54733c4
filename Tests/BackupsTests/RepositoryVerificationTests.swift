import Basics
import Testing

@testable import Backups

/// Of what `verify --output=text --verbose` of pgBackRest 2.45 wrote.
@Suite struct RepositoryVerificationTests {
    @Test("A repository in which everything is as it was written has no complaints")
    func good() throws {
        let verification = try RepositoryVerification(
            """
            stanza: parlor
            status: ok
              archiveId: 15-1, total WAL checked: 4, total valid WAL: 4
                missing: 0, checksum invalid: 0, size invalid: 0, other: 0
              backup: 20261121-223636F, status: valid, total files checked: 964, total valid files: 964
                missing: 0, checksum invalid: 0, size invalid: 0, other: 0
            """)
        #expect(verification.isWhole)
        #expect(verification.complaints.isEmpty)
    }

    @Test("Each fault is told with where it is and how many files it concerns")
    func bad() throws {
        let verification = try RepositoryVerification(
            """
            stanza: parlor
            status: error
              archiveId: 15-1, total WAL checked: 12, total valid WAL: 11
                missing: 0, checksum invalid: 1, size invalid: 0, other: 0
              backup: 20261121-223636F, status: valid, total files checked: 964, total valid files: 964
                missing: 0, checksum invalid: 0, size invalid: 0, other: 0
              backup: 20261121-223838F, status: invalid, total files checked: 964, total valid files: 963
                missing: 1, checksum invalid: 2, size invalid: 3, other: 12
            """)
        #expect(!verification.isWhole)
        #expect(
            verification.complaints == [
                "the log: one file with a wrong checksum", "backup 20261121-223838F: one file missing",
                "backup 20261121-223838F: two files with a wrong checksum",
                "backup 20261121-223838F: three files of a wrong size", "backup 20261121-223838F: 12 files unreadable",
            ])
    }

    @Test("A repository that cannot be read with the key is not whole")
    func wrongKey() throws {
        let text = """
            stanza: parlor
            status: error
              No usable backup.info file
              No usable archive.info file
            """
        #expect(
            try RepositoryVerification(text).complaints == [
                "there is no usable backup.info file", "there is no usable archive.info file",
            ])
    }

    @Test(
        "A status that is not good is a complaint even when no file is",
        arguments: [
            ("status: error", "pgBackRest says \"error\""),
            (
                "status: error\n  backup: 20261121-223838F, status: manifest missing, total files checked: 0",
                "backup: 20261121-223838F, status: manifest missing, total files checked: 0"
            ),
        ])
    func status(text: String, complaint: String) throws {
        #expect(try RepositoryVerification(text).complaints == [complaint])
    }

    @Test("What has no status is an error", arguments: ["", "stanza: parlor"])
    func malformed(text: String) {
        let error = #expect(throws: ParlorError.self) { try RepositoryVerification(text) }
        #expect(error?.description == "what pgBackRest says of the repository cannot be read")
    }
}
