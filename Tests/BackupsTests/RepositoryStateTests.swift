import Basics
import Testing

@testable import Backups

/// Of what `info --output=json` of pgBackRest 2.45 wrote.
@Suite struct RepositoryStateTests {
    private static func info(
        archive: String = "", backup: String = "", db: String = "", repo: String
    ) -> String {
        """
        [{"archive":[\(archive)],"backup":[\(backup)],"cipher":"aes-256-cbc","db":[\(db)],"name":"parlor",\
        "repo":[\(repo)],"status":{"code":0,"lock":{"backup":{"held":false}},"message":"ok"}}]
        """
    }

    private static func backup(_ label: String, _ type: String, repo: Int, stop: Int, references: String = "null")
        -> String
    {
        """
        {"archive":{"start":"000000010000000000000003","stop":"000000010000000000000004"},\
        "backrest":{"format":5,"version":"2.45"},"database":{"id":1,"repo-key":\(repo)},"error":false,\
        "info":{"delta":8458,"repository":{"delta":464,"size":3004352},"size":23213658},"label":"\(label)",\
        "lsn":{"start":"0/3000028","stop":"0/4000050"},"prior":null,"reference":\(references),\
        "timestamp":{"start":\(stop - 2),"stop":\(stop)},"type":"\(type)"}
        """
    }

    private static func status(_ repo: Int, _ code: Int, _ message: String) -> String {
        #"{"cipher":"aes-256-cbc","key":\#(repo),"status":{"code":\#(code),"message":"\#(message)"}}"#
    }

    private static func archive(_ repo: Int, id: Int = 1, _ first: String, _ last: String) -> String {
        #"{"database":{"id":\#(id),"repo-key":\#(repo)},"id":"15-\#(id)","max":\#(last),"min":\#(first)}"#
    }

    private static func database(_ repo: Int) -> String {
        #"{"id":1,"repo-key":\#(repo),"system-id":7710757305561683780,"version":"15"}"#
    }

    @Test("Where nothing was ever written, nothing is there and nothing is wrong")
    func empty() throws {
        for text in ["[]", Self.info(repo: Self.status(1, 1, "missing stanza path"))] {
            #expect(try RepositoryState.all(text, of: [1, 2]) == [.init(number: 1), .init(number: 2)])
        }
    }

    @Test("A repository without backups says of which cluster it is")
    func withoutBackups() throws {
        let text = Self.info(
            archive: Self.archive(1, "null", "null"), db: Self.database(1), repo: Self.status(1, 2, "no valid backups"))
        let state = try #require(try RepositoryState.all(text, of: [1]).first)
        #expect(state.systemIdentifier == 7_710_757_305_561_683_780)
        #expect(state.serverVersion == 15)
        #expect(state.log == nil && state.trouble == nil && state.newest == nil)
    }

    @Test("Of two repositories each has its own backups, the oldest first, and its own log")
    func two() throws {
        let full = "20261121-223636F"
        let text = Self.info(
            archive: [
                Self.archive(1, #""000000010000000000000001""#, #""000000010000000000000004""#),
                Self.archive(2, #""000000010000000000000002""#, #""000000010000000000000003""#),
                Self.archive(1, id: 2, #""000000020000000000000001""#, #""000000020000000000000009""#),
            ].joined(separator: ","),
            backup: [
                Self.backup(
                    "\(full)_20261121-223641I", "incr", repo: 1, stop: 1_795_300_603, references: #"["\#(full)"]"#),
                Self.backup(full, "full", repo: 1, stop: 1_795_300_599),
                Self.backup("20261121-230000F", "full", repo: 2, stop: 1_795_302_000),
            ].joined(separator: ","), db: "\(Self.database(1)),\(Self.database(2))",
            repo: "\(Self.status(1, 0, "ok")),\(Self.status(2, 0, "ok"))")
        let states = try RepositoryState.all(text, of: [1, 2])
        #expect(states.map { $0.backups.map(\.label) } == [[full, "\(full)_20261121-223641I"], ["20261121-230000F"]])
        #expect(states[0].log == .init(first: "000000020000000000000001", last: "000000020000000000000009"))
        #expect(states[1].log == .init(first: "000000010000000000000002", last: "000000010000000000000003"))
        let newest = try #require(states[0].newest)
        #expect(newest.kind == .incremental && newest.references == [full] && newest.fullLabel == full)
        #expect(newest.start == Timestamp(seconds: 1_795_300_601) && newest.stop == Timestamp(seconds: 1_795_300_603))
        #expect(newest.log == .init(first: "000000010000000000000003", last: "000000010000000000000004"))
        #expect(newest.size == 23_213_658 && newest.stored == 464 && !newest.hasErrors)
    }

    @Test("A backup with errors is there, and is not the newest that counts")
    func errors() throws {
        let bad = Self.backup("20261121-230000F", "full", repo: 1, stop: 1_795_302_000)
            .replacing(#""error":false"#, with: #""error":true"#)
        let good = Self.backup("20261121-223636F", "full", repo: 1, stop: 1_795_300_599)
        let text = Self.info(backup: "\(good),\(bad)", repo: Self.status(1, 0, "ok"))
        let state = try #require(try RepositoryState.all(text, of: [1]).first)
        #expect(state.backups.map(\.hasErrors) == [false, true])
        #expect(state.newest?.label == "20261121-223636F")
    }

    @Test("What a wrong key makes of a file can be read, whatever bytes it is, and is put into words")
    func wrongKey() throws {
        let garbage = String(decoding: [0xC3, 0x11, 0xFF, 0x0B, 0x07, 0x7F, 0x1E, 0xA0] as [UInt8], as: UTF8.self)
        let message =
            "[FormatError] unable to load info file '/r/backup.info' or '/r/backup.info.copy':"
            + #"\nFormatError: key/value found outside of section at line 1: \#(garbage)\r\#(garbage)"#
        let text = Self.info(repo: "\(Self.status(1, 99, message)),\(Self.status(2, 0, "ok"))")
        let states = try RepositoryState.all(text, of: [1, 2])
        #expect(states[1].trouble == nil)
        let trouble = try #require(states[0].trouble)
        #expect(
            PgBackRestFailure(ofRepository: trouble).error.description == """
                the repository cannot be read with this key: [FormatError] unable to load info file '/r/backup.info' \
                or '/r/backup.info.copy'
                HINT: Set backups.key to the key that it was made with; see docs/backups.md, "The key".
                """)
    }

    @Test("A folder that may not be read is a trouble that says what to do")
    func permission() throws {
        let message = "[PathOpenError] unable to list file info for path '/r/backup': [13] Permission denied"
        let state = try RepositoryState.all(Self.info(repo: Self.status(1, 99, message)), of: [1])[0]
        let trouble = try #require(state.trouble)
        let error = PgBackRestFailure(ofRepository: trouble).error
        #expect(error.what == "a file cannot be opened by the user that backups are made as")
        #expect(error.why == message)
    }

    @Test("What is no JSON is an error that shows none of it", arguments: ["", "[{", "WARN: something secret"])
    func malformed(text: String) {
        let error = #expect(throws: ParlorError.self) { try RepositoryState.all(text, of: [1]) }
        #expect(error?.description == "what pgBackRest says of the repository cannot be read")
        #expect(error?.code == .malformed)
    }

    @Test("A backup that lacks what counts is passed over")
    func incomplete() throws {
        let strange = Self.backup("20261121-223636F", "weekly", repo: 1, stop: 1_795_300_599)
        let text = Self.info(backup: strange, repo: Self.status(1, 0, "ok"))
        #expect(try RepositoryState.all(text, of: [1])[0].backups.isEmpty)
    }
}
