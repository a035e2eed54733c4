import Basics
import HTTP
import JSONText
import Testing

@testable import Etcd

@Suite struct ComplaintTests {
    struct Case: Sendable {
        let sentence: String
        let code: Int
        let kind: EtcdError.Kind
        let mayHaveRun: Bool
    }

    @Test(
        "A complaint of etcd is told by its sentence, else by its code",
        arguments: [
            Case(sentence: "etcdserver: no leader", code: 14, kind: .noLeader, mayHaveRun: false),
            Case(sentence: "etcdserver: request timed out", code: 14, kind: .overdue, mayHaveRun: true),
            Case(
                sentence: "etcdserver: request timed out, possibly due to previous leader failure", code: 14,
                kind: .overdue, mayHaveRun: true),
            Case(sentence: "etcdserver: too many requests", code: 8, kind: .busy, mayHaveRun: false),
            Case(sentence: "etcdserver: requested lease not found", code: 5, kind: .leaseNotFound, mayHaveRun: false),
            Case(
                sentence: "etcdserver: mvcc: required revision has been compacted", code: 11, kind: .compacted,
                mayHaveRun: false),
            Case(
                sentence: "etcdserver: mvcc: database space exceeded", code: 8, kind: .outOfSpace, mayHaveRun: false),
            Case(sentence: "etcdserver: key is not provided", code: 3, kind: .rejected, mayHaveRun: false),
            Case(sentence: "transport is closing", code: 14, kind: .busy, mayHaveRun: true),
            Case(sentence: "context deadline exceeded", code: 4, kind: .overdue, mayHaveRun: true),
            Case(sentence: "who knows", code: 2, kind: .rejected, mayHaveRun: true),
        ])
    func meanings(each: Case) {
        let meaning = EtcdComplaint(sentence: each.sentence, code: each.code).meaning
        #expect(meaning.kind == each.kind && meaning.mayHaveRun == each.mayHaveRun)
    }

    @Test("Answers and lines of streams carry complaints in their own ways")
    func forms() throws {
        let expected = EtcdComplaint(sentence: "etcdserver: no leader", code: 14)
        let answer = #"{"error":"etcdserver: no leader","message":"etcdserver: no leader","code":14}"#
        let line = #"{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader"}}"#
        #expect(EtcdComplaint(Array(answer.utf8)) == expected)
        #expect(EtcdComplaint(Array(line.utf8)) == expected)
        #expect(EtcdComplaint(Array("Not Found".utf8)) == nil)
    }

    @Test("The error names the member, the reason and what to do, and quotes nothing but etcd's own sentences")
    func words() throws {
        let endpoint = try #require(HTTPOrigin("https://10.0.0.1:2379"))
        let error = EtcdError(EtcdComplaint(sentence: "etcdserver: no leader", code: 14), at: endpoint)
        #expect(
            error.description == """
                etcd at https://10.0.0.1:2379 cannot serve: the cluster has no leader: it says "no leader"
                HINT: Start the members that are down: etcd serves when more than half of them reach each other.
                """)
        let foreign = EtcdError(EtcdComplaint(sentence: "cannot read \"secret\"", code: 3), at: endpoint)
        #expect(!foreign.description.contains("secret") && foreign.debugDescription.contains("secret"))
    }
}
