import Basics
import Etcd
import TestSupport
import Testing

@testable import Cluster

@Suite struct ClusterViewTests {
    private static let leader: EtcdKey = "/service/parlor/leader"
    private static let first: EtcdKey = "/service/parlor/members/node1"
    private static let second: EtcdKey = "/service/parlor/members/node2"
    private static let third: EtcdKey = "/service/parlor/members/node3"

    private var healthy: ClusterView {
        var view = ClusterView(of: "parlor")
        for value in RecordedKeys.all { view.put(value) }
        return view
    }

    @Test("Nobody leads a cluster of which nothing is known")
    func empty() {
        let view = ClusterView(of: "parlor")
        #expect(view.leader == nil && view.members.isEmpty && view.readable.isEmpty)
    }

    @Test("The leader with its lease, and the nodes that reads may go to")
    func wholeCluster() {
        let view = healthy
        #expect(view.leader == .init(node: "node1", lease: RecordedKeys.leases[0]))
        #expect(view.members.keys.sorted() == ["node1", "node2", "node3"])
        var (primary, replica) = (
            ClusterView.Member(role: .primary, isRunning: true, isStreaming: false),
            ClusterView.Member(role: .replica, isRunning: true, isStreaming: true)
        )
        primary.node = ClusterNode(name: "node1", host: "127.0.0.1", port: 25_532, managementPort: 28_109)
        replica.node = ClusterNode(name: "node2", host: "127.0.0.1", port: 25_533, managementPort: 28_110)
        #expect(view.members["node1"] == primary)
        #expect(view.members["node2"] == replica)
        #expect(view.readable == ["node2", "node3"])
    }

    @Test("What is read at once and what is heard of in whatever order gives the same view")
    func order() {
        var generator = SeededGenerator()
        for _ in 0..<50 {
            var view = ClusterView(of: "parlor")
            for value in RecordedKeys.all.shuffled(using: &generator) { view.put(value) }
            #expect(view == healthy, generator.note)
        }
    }

    @Test("What Patroni writes every second changes nothing that is told")
    func positions() {
        var view = healthy
        let later = RecordedKeys.replica.replacing("67109000", with: "67406488")
        view.put(EtcdKeyValue(Self.second, later, lease: RecordedKeys.leases[1]))
        view.put(EtcdKeyValue("/service/parlor/status", #"{"optime":67406488}"#))
        #expect(view == healthy)
    }

    @Test("The end of the leader's key ends the leadership and nothing else")
    func noLeader() {
        var view = healthy
        view.delete(Self.leader)
        #expect(view.leader == nil)
        #expect(view.members == healthy.members)
    }

    @Test("A leader without a lease is none: nobody could say when it ends")
    func withoutLease() {
        var view = healthy
        view.put(EtcdKeyValue(Self.leader, "node2"))
        #expect(view.leader == nil)
    }

    @Test("A leader whose name is no text is none")
    func noText() {
        var view = healthy
        view.put(EtcdKeyValue(Self.leader, bytes: [0xFF, 0xFE], lease: RecordedKeys.leases[1]))
        #expect(view.leader == nil)
    }

    @Test("The same node with another lease is another leader")
    func anotherLease() {
        var view = healthy
        view.put(EtcdKeyValue(Self.leader, "node1", lease: RecordedKeys.leases[2]))
        #expect(view.leader == .init(node: "node1", lease: RecordedKeys.leases[2]))
        #expect(view != healthy)
    }

    @Test("The node that leads gets no reads though it still calls itself a replica")
    func newLeader() {
        var view = healthy
        view.put(EtcdKeyValue(Self.leader, "node2", lease: RecordedKeys.leases[1]))
        #expect(view.readable == ["node3"])
    }

    @Test("A node whose lease has ended is gone")
    func gone() {
        var view = healthy
        view.delete(Self.third)
        #expect(view.members.keys.sorted() == ["node1", "node2"])
        #expect(view.readable == ["node2"])
    }

    @Test(
        "Reads go to replicas that stream, and to nothing else",
        arguments: [
            (RecordedKeys.replica, true), (RecordedKeys.primary, false), (RecordedKeys.orphan, false),
            (RecordedKeys.demoted, false), (RecordedKeys.crashed, false), (RecordedKeys.promoted, false),
            (#"{"state":"starting","role":"replica","replication_state":"streaming"}"#, false),
            (#"{"state":"running","role":"sync_standby","replication_state":"streaming"}"#, true),
            (#"{"state":"running","role":"primary","replication_state":"streaming"}"#, false),
        ])
    func readable(text: String, isReadable: Bool) {
        var view = healthy
        view.put(EtcdKeyValue(Self.third, text, lease: RecordedKeys.leases[2]))
        #expect(view.members["node3"]?.isReadable == isReadable)
        #expect(view.readable.contains("node3") == isReadable)
    }

    @Test("A node that has been promoted counts as a primary")
    func promoted() {
        var view = healthy
        view.put(EtcdKeyValue(Self.first, RecordedKeys.promoted, lease: RecordedKeys.leases[0]))
        #expect(view.members["node1"]?.role == .primary)
    }

    @Test(
        "A member that cannot be read is none, until it can be read again",
        arguments: ["", "{", "nonsense", #"{"state":"running""#, "\u{FEFF}{}"])
    func malformed(text: String) {
        var view = healthy
        view.put(EtcdKeyValue(Self.second, text, lease: RecordedKeys.leases[1]))
        #expect(view.members["node2"] == nil)
        #expect(view.readable == ["node3"])
        view.put(EtcdKeyValue(Self.second, RecordedKeys.replica, lease: RecordedKeys.leases[1]))
        #expect(view == healthy)
    }

    @Test("A member that says nothing of itself gets no reads", arguments: ["{}", "[]", "null", "7", #"{"role":5}"#])
    func wordless(text: String) {
        var view = healthy
        view.put(EtcdKeyValue(Self.second, text, lease: RecordedKeys.leases[1]))
        #expect(view.readable == ["node3"])
    }

    @Test(
        "Keys of others change nothing",
        arguments: [
            "/service/parlor2/leader", "/service/parlor", "/service/parlorleader", "/service/other/members/node1",
            "/service/parlor/leader/more", "/service/parlor/leaders", "/service/parlor/member/node1", "leader", "",
        ])
    func foreign(key: String) {
        var view = healthy
        view.put(EtcdKeyValue(EtcdKey(key), "node9", lease: .number(1)))
        #expect(view == healthy)
        view.delete(EtcdKey(key))
        #expect(view == healthy)
    }

    @Test("A key that is no text changes nothing")
    func bytes() {
        var view = healthy
        let key = EtcdKey(Array("/service/parlor/leader".utf8) + [0xFF])
        view.put(EtcdKeyValue(key, "node9", lease: .number(1)))
        view.delete(key)
        #expect(view == healthy)
    }

    @Test("A cluster whose name begins like another's has its own leader")
    func prefixes() {
        var view = ClusterView(of: "parlor-test")
        for value in RecordedKeys.all { view.put(value) }
        #expect(view == ClusterView(of: "parlor-test"))
    }
}
