import Basics
import HTTP
import Loop
import TLS
import TLSTestSupport
import TestSupport
import Testing

@testable import Cluster

@Suite struct PatroniClientTests {
    /// Long enough for a machine that has much to do.
    private static let limit = Duration.seconds(30)
    private static let page = "<!DOCTYPE HTML>\n<html lang=\"en\">\n<p>Error code: 400</p>\n</html>\n"

    @Test("The state, the members and the history are asked for without a password")
    func reading() async throws {
        try await PatroniAPI.with { api, client, _ in
            api.answer("/patroni", RecordedAnswers.primary)
            api.answer("/cluster", RecordedAnswers.members)
            api.answer("/history", RecordedAnswers.history)
            let state = try await client.state(of: api.node, within: Self.limit)
            let members = try await client.members(seenBy: api.node, within: Self.limit)
            let history = try await client.history(seenBy: api.node, within: Self.limit)
            #expect(state.role == .primary && members.count == 3 && history.count == 2)
            #expect(api.requests.map(\.path) == ["/patroni", "/cluster", "/history"])
            #expect(api.requests.allSatisfy { $0.method == .get && !$0.headers.has("Authorization") })
        }
    }

    @Test("What a node is stands in its answer, whatever the answer's status says that it is good for")
    func status() async throws {
        try await PatroniAPI.with { api, client, _ in
            api.answer("/patroni", RecordedAnswers.demoted, .serviceUnavailable)
            let state = try await client.state(of: api.node, within: Self.limit)
            #expect(state.role == .demoted)
        }
    }

    @Test("A node whose Patroni does its rounds is alive, any other is not")
    func liveness() async throws {
        try await PatroniAPI.with { api, client, loop in
            api.answer("/liveness", "")
            #expect(await client.isAlive(api.node, within: Self.limit))
            api.answer("/liveness", "", .serviceUnavailable)
            #expect(await client.isAlive(api.node, within: Self.limit) == false)
            api.fallSilent(at: "/liveness")
            #expect(await client.isAlive(api.node, within: .milliseconds(20)) == false)
            var elsewhere = api.node
            elsewhere.managementPort = try TestedServer.freePort(on: loop)
            #expect(await client.isAlive(elsewhere, within: Self.limit) == false)
        }
    }

    @Test(
        "Damaged answers are told with their reason, and nothing is made up in their place",
        arguments: [
            ("/patroni", "{}", "it does not say what PostgreSQL does"),
            ("/cluster", "{}", "it names no members"),
            ("/cluster", "[]", "it names no members"),
            ("/cluster", #"{"members": {}}"#, "it names no members"),
            ("/cluster", #"{"members": [{"name": "node1"}]}"#, "a member has no name or no state"),
            ("/history", "{}", "it is no list"),
            ("/history", "[[1]]", "the end of a timeline lacks its number, position or reason"),
        ])
    func damaged(path: String, text: String, reason: String) async throws {
        try await PatroniAPI.with { api, client, _ in
            api.answer(path, text)
            let error = try await #require(throws: ParlorError.self) { try await self.read(path, client, api.node) }
            #expect(
                error.description == """
                    the answer of Patroni cannot be read: \(reason)
                    HINT: See what it wrote with "./parlor logs" and the name of the node.
                    """)
        }
    }

    @Test(
        "An answer that is no JSON is told by where it breaks, or by its status", arguments: ["/patroni", "/cluster"])
    func noJSON(path: String) async throws {
        try await PatroniAPI.with { api, client, _ in
            api.answer(path, "{\"state\": \"running")
            let broken = try await #require(throws: ParlorError.self) { try await self.read(path, client, api.node) }
            #expect(broken.what == "the answer of Patroni cannot be read")
            #expect(broken.why?.contains("byte") == true || broken.why?.contains("line") == true)
            #expect(!broken.description.contains("running"))
            api.answer(path, Self.page, HTTPStatus(502))
            let page = try await #require(throws: ParlorError.self) { try await self.read(path, client, api.node) }
            #expect(page.summary == "the answer of Patroni cannot be read: it is 502 Bad Gateway")
        }
    }

    private func read(_ path: String, _ client: PatroniClient, _ node: ClusterNode) async throws {
        switch path {
        case "/patroni": _ = try await client.state(of: node, within: Self.limit)
        case "/cluster": _ = try await client.members(seenBy: node, within: Self.limit)
        default: _ = try await client.history(seenBy: node, within: Self.limit)
        }
    }

    @Test(
        "A refusal is told in Patroni's words, and a page for browsers by its status",
        arguments: [
            ("leader name does not match", HTTPStatus(412), "leader name does not match"),
            ("candidate name does not match with sync_standby", HTTPStatus(412), nil),
            ("switchover is not possible: can not find sync_standby", HTTPStatus(412), nil),
            ("restart conditions are not satisfied", .serviceUnavailable, nil),
            ("", .serviceUnavailable, "503 Service Unavailable"),
            (page, .badRequest, "400 Bad Request"),
        ])
    func refusals(text: String, status: HTTPStatus, reason: String?) async throws {
        try await PatroniAPI.with { api, client, _ in
            api.answer("/switchover", text, status)
            let error = try await #require(throws: ParlorError.self) {
                try await client.switchOver(from: api.node, to: "node2")
            }
            #expect(error.code == .cluster)
            #expect(
                error.description == """
                    node1 refuses switchover: \(reason ?? text)
                    HINT: See how the cluster stands with "./parlor cluster status".
                    """)
        }
    }

    @Test(
        "A node that does not believe the password or the certificate is told apart",
        arguments: [
            ("not authenticated", HTTPStatus.unauthorized), ("client certificate required", .forbidden),
        ])
    func strangers(text: String, status: HTTPStatus) async throws {
        try await PatroniAPI.with { api, client, _ in
            api.answer("/reload", text, status)
            let error = try await #require(throws: ParlorError.self) { try await client.reload(api.node) }
            #expect(error.summary == "node1 refuses reload: \(text)")
            #expect(error.hint?.contains("must be the same here and on node1") == true)
            #expect(!error.debugDescription.contains("password-of-parlor"))
        }
    }

    @Test("Each change is asked for with the password and in the words that Patroni understands")
    func changes() async throws {
        try await PatroniAPI.with { api, client, _ in
            for path in ["/config", "/switchover", "/failover", "/restart", "/reload"] {
                api.answer(path, "done", .accepted)
            }
            try await client.change(["ttl": 20], through: api.node)
            try await client.switchOver(from: api.node, to: nil)
            try await client.switchOver(from: api.node, to: "node2")
            try await client.failOver(to: api.node)
            try await client.restart(api.node)
            try await client.restart(api.node, onlyWhenPending: true)
            try await client.reload(api.node)
            let sent = api.requests.map { "\($0.method) \($0.path) \(String(decoding: $0.body, as: UTF8.self))" }
            #expect(
                sent == [
                    #"PATCH /config {"ttl":20}"#, #"POST /switchover {"leader":"node1"}"#,
                    #"POST /switchover {"leader":"node1","candidate":"node2"}"#,
                    #"POST /failover {"candidate":"node1"}"#, "POST /restart {}",
                    #"POST /restart {"restart_pending":true}"#, "POST /reload {}",
                ])
            // parlor:password-of-parlor
            let credentials = "Basic cGFybG9yOnBhc3N3b3JkLW9mLXBhcmxvcg=="
            #expect(api.requests.allSatisfy { $0.headers["Authorization"] == credentials })
            #expect(api.requests.allSatisfy { $0.headers["Content-Type"] == "application/json" })
        }
    }

    @Test("A server that another authority vouches for is not asked, so it gets no password")
    func unknownAuthority() async throws {
        try await PatroniAPI.with { api, _, loop in
            api.answer("/reload", "done")
            try await withTemporaryFolder { folder in
                let stranger = try TestAuthority(in: folder)
                let issued = try stranger.issue(for: ["127.0.0.1"], as: .client)
                let identity = IdentityFiles(
                    authority: stranger.certificateFile, certificate: issued.chainFile, key: issued.keyFile)
                let client = PatroniClient(identity, password: { Secret("password-of-parlor") }, on: loop)
                await #expect(throws: (any Error).self) { try await client.reload(api.node) }
            }
            #expect(api.requests.isEmpty)
        }
    }

    @Test("An address that no node can have is refused before anybody is asked")
    func address() async throws {
        try await PatroniAPI.with { api, client, _ in
            var nowhere = api.node
            nowhere.host = "no where"
            let error = try await #require(throws: ParlorError.self) { try await client.state(of: nowhere) }
            #expect(error.summary == "no where cannot be the address of a node")
        }
    }
}
