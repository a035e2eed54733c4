import Agent
import Basics
import Configuration
import Glibc
import State
import TestSupport
import Testing

@Suite struct InvitationTests {
    /// Runs `body` with the state folders of two hosts.
    private func withHosts(_ body: (_ first: StateFolder, _ second: StateFolder) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try body(
                try StateFolder.create("\(folder)/first", owner: geteuid()),
                try StateFolder.create("\(folder)/second", owner: geteuid()))
        }
    }

    private func secrets(_ state: StateFolder) throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try state.secrets.all().map { ($0.name, $0.value.reveal()) })
    }

    @Test("A host that joins gets every password and the authority, and joining twice changes nothing")
    func joining() throws {
        try withHosts { first, second in
            let file = try Invitation(Configuration(), to: first).file
            try Invitation(file: file).accept(in: second)
            let given = try secrets(second)
            #expect(try given == secrets(first) && given.count >= 8)
            #expect(Set(given.values).count == given.count)
            // The second host issues with the same authority: what it would invite to is the same cluster.
            #expect(try Invitation(Configuration(), to: second).file == file)
            try Invitation(file: file).accept(in: second)
            #expect(try secrets(second) == given)
        }
    }

    @Test("A host that belongs to another cluster keeps what it has")
    func otherCluster() throws {
        try withHosts { first, second in
            let file = try Invitation(Configuration(), to: first).file
            _ = try Invitation(Configuration(), to: second)
            let before = try secrets(second)
            let error = try #require(throws: ParlorError.self) { try Invitation(file: file).accept(in: second) }
            #expect(error.code == .stateFolder)
            #expect(try secrets(second) == before)
        }
    }

    @Test(
        "What is no invitation is refused, and never shown",
        arguments: ["", "{}", #"{"parlor_invitation": 2, "authority": "a", "authority_key": "k", "secrets": {}}"#])
    func noInvitation(text: String) throws {
        let error = try #require(throws: ParlorError.self) { try Invitation(file: text) }
        #expect(error.code == .usage)
    }

    @Test("A name that would leave the folder of secrets is left out")
    func escaping() throws {
        try withHosts { first, second in
            let file = try Invitation(Configuration(), to: first).file
            let planted = file.replacing("\"secrets\": {", with: "\"secrets\": {\"../planted\": \"x\",")
            #expect(planted != file)
            try Invitation(file: planted).accept(in: second)
            #expect(!Files.exists("\(second.path)/planted"))
            #expect(try secrets(second) == secrets(first))
        }
    }
}
