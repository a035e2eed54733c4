import Basics
import JSONText
import Testing

@testable import Cluster

@Suite struct PatroniAnswerTests {
    private func json(_ text: String) throws -> JSON { try JSON(reading: Array(text.utf8)) }

    private func state(_ text: String) throws -> NodeState { try NodeState(json: json(text)) }

    private func members(_ text: String) throws -> [MemberState] {
        try #require(json(text)["members"]?.elements).map { try MemberState(json: $0) }
    }

    @Test("A primary tells what it has written, a replica what it has replayed")
    func positions() throws {
        let primary = try state(RecordedAnswers.primary)
        #expect(primary.role == .primary)
        #expect(primary.state == "running")
        #expect(primary.timeline == 1)
        #expect(primary.position == 67_109_000)
        #expect(!primary.isRestartPending)
        let replica = try state(RecordedAnswers.replica)
        #expect(replica.role == .replica)
        #expect(replica.position == 67_109_000)
    }

    @Test("The replica that commits wait for is told apart, though its role is that of the others")
    func synchronous() throws {
        #expect(try state(RecordedAnswers.synchronousReplica).role == .synchronous)
        let quorum = RecordedAnswers.synchronousReplica.replacing(#""sync_standby""#, with: #""quorum_standby""#)
        #expect(try state(quorum).role == .synchronous)
        #expect(try members(RecordedAnswers.members).map(\.role) == [.leader, .replica, .synchronous])
    }

    @Test("A primary that goes on without etcd says so, and a replica that agreed to it is none")
    func failsafe() throws {
        let word = #"{"failsafe_mode_is_active": true, "#
        #expect(try !state(RecordedAnswers.primary).isFailsafe)
        #expect(try state(word + RecordedAnswers.primary.dropFirst()).isFailsafe)
        #expect(try !state(word + RecordedAnswers.replica.dropFirst()).isFailsafe)
    }

    @Test("A change that waits for a restart is told")
    func restart() throws {
        #expect(try state(RecordedAnswers.primaryThatWantsRestart).isRestartPending)
        let waiting = try members(RecordedAnswers.membersThatWantRestart)
        #expect(waiting.map(\.isRestartPending) == [true, true, true])
    }

    @Test("A node whose PostgreSQL does not run tells neither a timeline nor a position")
    func stopped() throws {
        let demoted = try state(RecordedAnswers.demoted)
        #expect(demoted.role == .demoted)
        #expect(demoted.state == "stopped")
        #expect(demoted.timeline == nil && demoted.position == nil)
        let crashed = try state(RecordedAnswers.crashed)
        #expect(crashed.role == .primary)
        #expect(crashed.state == "crashed")
    }

    @Test("A node that starts, and a primary without etcd, are read like any other")
    func unusual() throws {
        let starting = try state(RecordedAnswers.starting)
        #expect(starting.state == "starting" && starting.position == 100_663_392)
        #expect(try state(RecordedAnswers.failsafe).role == .primary)
    }

    @Test(
        "Patroni's words for a role, of this version and of others",
        arguments: [
            ("primary", NodeRole.primary), ("master", .primary), ("promoted", .primary), ("leader", .leader),
            ("replica", .replica), ("sync_standby", .synchronous), ("quorum_standby", .synchronous),
            ("demoted", .demoted), ("uninitialized", .uninitialized),
        ])
    func roles(word: String, role: NodeRole) { #expect(NodeRole(patroni: word) == role) }

    @Test("What is no known role is no primary", arguments: ["standby_leader", "Primary", "emperor", "", nil])
    func unknownRoles(word: String?) { #expect(NodeRole(patroni: word) == .replica) }

    @Test("Members tell where they are and what they lack")
    func memberDetails() throws {
        let members = try members(RecordedAnswers.members)
        #expect(members.map(\.name) == ["node1", "node2", "node3"])
        #expect(members.map(\.host) == ["127.0.0.1", "127.0.0.1", "127.0.0.1"])
        #expect(members.map(\.port) == [25532, 25533, 25534])
        #expect(members.map(\.timeline) == [1, 1, 1])
        #expect(members.map(\.receiveLag) == [nil, 0, 0])
        #expect(members.map(\.replayLag) == [nil, 0, 0])
        #expect(members.map(\.isWell) == [true, true, true])
    }

    @Test("A lag that Patroni does not know is not known, rather than none")
    func unknownLag() throws {
        let members = try members(RecordedAnswers.membersAfterFailover)
        #expect(members.map(\.role) == [.replica, .leader, .replica])
        #expect(members[0].receiveLag == nil && members[0].replayLag == nil && members[0].timeline == nil)
        #expect(members[2].receiveLag == 0)
    }

    @Test("A replica that does not stream is not well, nor is a stopped node")
    func unwell() throws {
        #expect(try members(RecordedAnswers.membersAfterFailover).map(\.isWell) == [false, true, false])
        #expect(try members(RecordedAnswers.membersBetweenLeaders).map(\.isWell) == [false, false, true])
    }

    @Test("A replica that has replayed beyond the end of its timeline is diverged, one that stopped there is not")
    func diverged() throws {
        let history = try #require(json(RecordedAnswers.history).elements).map { try TimelineEnd(json: $0) }
        let following = try members(RecordedAnswers.membersAfterFailover)
        #expect(following.map { $0.isDiverged(from: history) } == [false, false, false])
        // One byte more.
        let text = RecordedAnswers.membersAfterFailover.replacing(
            #""replay_lsn": "0/4048848""#, with: #""replay_lsn": "0/4048849""#)
        #expect(try members(text).map { $0.isDiverged(from: history) } == [false, false, true])
        #expect(try members(text).map { $0.isDiverged(from: []) } == [false, false, false])
    }

    @Test("A server that does not run is diverged when its last checkpoint stands behind the end of its timeline")
    func divergedCheckpoint() throws {
        let history = try #require(json(RecordedAnswers.history).elements).map { try TimelineEnd(json: $0) }
        let checkpoint = try #require(LastCheckpoint(controlData: RecordedAnswers.controlData))
        #expect(checkpoint.timeline == 2 && checkpoint.position == 0x6008D78)
        #expect(checkpoint.isDiverged(from: history))
        let before = RecordedAnswers.controlData.replacing("0/6008D78", with: "0/5FFFF98")
        #expect(try #require(LastCheckpoint(controlData: before)).isDiverged(from: history) == false)
        let newest = RecordedAnswers.controlData.replacing("TimeLineID:       2", with: "TimeLineID:       3")
        #expect(try #require(LastCheckpoint(controlData: newest)).isDiverged(from: history) == false)
        #expect(LastCheckpoint(controlData: "pg_controldata: error: could not open file") == nil)
    }

    @Test("A node that has been gone for longer than its lease is no member")
    func gone() throws {
        #expect(try members(RecordedAnswers.membersWithoutOne).map(\.name) == ["node1", "node2"])
    }

    @Test("The ends of timelines, with when and who followed")
    func history() throws {
        let ends = try #require(json(RecordedAnswers.history).elements).map { try TimelineEnd(json: $0) }
        #expect(ends.map(\.timeline) == [1, 2])
        #expect(ends.map(\.position) == [67_405_896, 100_663_392])
        #expect(ends.map(\.reason) == ["no recovery target specified", "no recovery target specified"])
        #expect(ends.map(\.leader) == ["node2", "node1"])
        #expect(ends[0].moment == Timestamp(rfc3339: "2026-11-21T15:45:04.380342Z"))
    }

    @Test("An end of a timeline whose moment and successor nobody noted is read without them")
    func shortHistory() throws {
        let end = try TimelineEnd(json: json(#"[3, 4096, "no recovery target specified"]"#))
        #expect(end.timeline == 3 && end.moment == nil && end.leader == nil)
        let odd = try TimelineEnd(json: json(#"[3, 4096, "because", "yesterday", 7, "more"]"#))
        #expect(odd.reason == "because" && odd.moment == nil && odd.leader == nil)
    }

    @Test(
        "An answer that lacks what it must have is refused",
        arguments: ["{}", "[]", "null", #"{"state": 5}"#, #"{"state": null, "role": "primary"}"#])
    func damagedState(text: String) throws {
        let json = try json(text)
        #expect(throws: ParlorError.self) { try NodeState(json: json) }
    }

    @Test(
        "A member without a name or a state is refused",
        arguments: ["{}", #"{"name": "node1"}"#, #"{"state": "running"}"#, #"{"name": 1, "state": "running"}"#, "[]"])
    func damagedMember(text: String) throws {
        let json = try json(text)
        #expect(throws: ParlorError.self) { try MemberState(json: json) }
    }

    @Test(
        "An end of a timeline that lacks its number, position or reason is refused",
        arguments: ["[]", "{}", "[1, 2]", #"["1", 2, "why"]"#, #"[1, "2", "why"]"#, "[1, 2, 3]"])
    func damagedHistory(text: String) throws {
        let json = try json(text)
        #expect(throws: ParlorError.self) { try TimelineEnd(json: json) }
    }

    @Test("Members of a wrong kind count as not told")
    func wrongKinds() throws {
        let text = #"{"state": "running", "role": 7, "timeline": "1", "xlog": [], "pending_restart": "yes"}"#
        let state = try state(text)
        #expect(state.role == .replica && state.timeline == nil && state.position == nil && !state.isRestartPending)
    }
}
