import Basics
import Postgres
import Testing

@testable import Hardening

/// The pure halves of the lines: what is found, and what that means.
@Suite struct FactTests {
    @Test(
        "A rule of access holds when it asks for encryption and SCRAM, or refuses",
        arguments: [
            ("local", "scram-sha-256", nil, true), ("hostssl", "scram-sha-256", nil, true),
            ("host", "reject", nil, true),
            ("host", "scram-sha-256", nil, false), ("hostnossl", "scram-sha-256", nil, false),
            ("hostgssenc", "scram-sha-256", nil, false), ("local", "trust", nil, false), ("local", "peer", nil, false),
            ("hostssl", "md5", nil, false), ("hostssl", "password", nil, false), ("hostssl", "cert", nil, false),
            (nil, nil, "invalid connection type", false), ("hostssl", "scram-sha-256", "x", false),
        ] as [(String?, String?, String?, Bool)])
    func accessRule(kind: String?, method: String?, error: String?, holds: Bool) {
        let found = AccessRule(line: 4, kind: kind, method: method, error: error).observation(on: "node1")
        #expect((found == .sound("line 4 of node1")) == holds)
    }

    @Test("Every setting that is not as asked is named", arguments: SettingRule.all)
    func setting(rule: SettingRule) throws {
        for value in rule.allowed { #expect(rule.observation(value, on: "node1") == .sound(rule.name)) }
        #expect(rule.observation("strange", on: "node1") == .violation("node1 has \(rule.name) = strange"))
        #expect(rule.observation(nil, on: "node1") == .violation("node1 has no \(rule.name)"))
    }

    @Test(
        "The extension pgaudit has to be loaded and busy where it is installed",
        arguments: [
            (false, false, "none", "inapplicable"), (true, false, "none", "violation"),
            (true, true, "none", "violation"), (true, true, "write, ddl", "sound"),
        ])
    func audit(isInstalled: Bool, isLoaded: Bool, classes: String, expected: String) {
        let found = AuditExtension(isInstalled: isInstalled, isLoaded: isLoaded, classes: classes).observation
        #expect("\(found)".hasPrefix(expected))
    }

    @Test(
        "Only a refusal for want of privilege proves that a role may not",
        arguments: [
            (SQLState.insufficientPrivilege, Observation.sound("refused to fly")),
            (nil, .violation("the service's role could fly")),
            (.readOnlyTransaction, .untried("to fly ended with read_only_sql_transaction (25006)")),
        ] as [(SQLState?, Observation)])
    func statement(state: SQLState?, expected: Observation) {
        #expect(StatementTrial.observation("fly", state) == expected)
    }

    @Test(
        "A file belongs to its user, and others cannot read it",
        arguments: [
            ("secrets/a", Files.Status.Kind.file, 0o600, 7, true), ("secrets", .folder, 0o700, 7, true),
            ("certificates/current", .link, 0o777, 7, true), ("a/ca.crt", .file, 0o644, 7, true),
            ("a/ca.key", .file, 0o644, 7, false), ("a/ca.crt", .file, 0o666, 7, false),
            ("secrets/a", .file, 0o640, 7, false), ("secrets/a", .file, 0o604, 7, false),
            ("secrets", .folder, 0o755, 7, false), ("secrets/a", .file, 0o600, 0, false),
            ("run/a", .socket, 0o777, 7, false), ("a", .file, 0o4700, 7, false),
        ] as [(String, Files.Status.Kind, UInt32, UInt32, Bool)])
    func file(name: String, kind: Files.Status.Kind, mode: UInt32, owner: UInt32, holds: Bool) {
        let found = StateFiles.observation(name, kind, mode: mode, owner: owner, expected: 7)
        #expect((found == .sound(name)) == holds)
    }

    @Test("A secret among arguments is named, and never shown")
    func arguments() {
        let secrets = [("a", Secret("aaaa")), ("b", Secret("bbbb"))].map { (name: $0.0, value: $0.1) }
        #expect(ProcessFacts.observation("p", "psql\0--password=xbbbbx", secrets) == .violation("p shows b"))
        #expect(ProcessFacts.observation("p", "psql\0--host=c", secrets) == .sound("p"))
        #expect(ProcessFacts.observation("p", "", [(name: "empty", value: Secret(""))]) == .sound("p"))
    }

    private static let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 11 1 0 100 0 0 10 0
           1: 00000000:1539 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 12 1 0 100 0 0 10 0
           2: 0100007F:1538 0100007F:ABCD 01 00000000:00000000 00:00000000 00000000   999        0 13 1 0 100 0 0 10 0
           3: 00000000000000000000000001000000:1538 00000000000000000000000000000000:0000 0A 0:0 0:0 0 999 0 14 1
           4: 00000000000000000000000000000000:1538 00000000000000000000000000000000:0000 0A 0:0 0:0 0 999 0 15 1
           5: B80D0120000000000000000001000000:1538 00000000000000000000000000000000:0000 0A 0:0 0:0 0 999 0 16 1
           6: broken
        """

    @Test("The kernel's table tells who listens where")
    func sockets() {
        let found = ListeningSocket.all(in: Self.table)
        #expect(found.map(\.host) == ["127.0.0.1", "0.0.0.0", "::1", "::", "2001:db8:0:0:0:0:0:1"])
        #expect(found.map(\.port) == [5432, 5433, 5432, 5432, 5432])
        #expect(found.map(\.inode) == [11, 12, 14, 15, 16])
    }

    @Test(
        "One that listens elsewhere than declared is named",
        arguments: [
            ("127.0.0.1", 5432, true), ("127.0.0.1", 5433, false), ("0.0.0.0", 5432, false), ("::1", 5432, false),
        ])
    func listener(host: String, port: Int, isDeclared: Bool) {
        let places = [HardenedSystem.Place("a", "localhost", 5432), .init("b", "127.0.0.1", 6432)]
        let found = ListeningSocket(host: host, port: port, inode: 1).observation(among: places)
        #expect((found == .sound("\(host):\(port)")) == isDeclared)
    }
}
