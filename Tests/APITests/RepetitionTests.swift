import Basics
import HTTP
import Loop
import LoopTestSupport
import Testing

@testable import API

@Suite("Requests that come again") struct RepetitionTests {
    private static let cut: JSON = ["name": "Cut", "duration_minutes": 45]
    /// As the protocol has the statement, which "READ COMMITTED" is not.
    private static let commit = "COMMIT\0"
    private static let key: HTTPHeaders = ["Idempotency-Key": "0193-first"]

    @Test("The same key and body get the first answer again, and nothing happens twice")
    func again() async throws {
        try await TestedAPI.run { api in
            let path = "\(api.salon)/services"
            let first = try await api.send(.post, path, Self.cut, headers: Self.key)
            #expect(first.status == .created && first.headers["Idempotent-Replayed"] == nil)
            for _ in 0..<3 {
                let again = try await api.send(.post, path, Self.cut, headers: Self.key)
                #expect(again.status == .created && again.body == first.body)
                #expect(again.headers["Idempotent-Replayed"] == "true")
                #expect(again.headers["ETag"] == first.headers["ETag"])
                #expect(again.headers["Location"] == first.headers["Location"])
            }
            #expect(try await api.sql("SELECT count(*)::text FROM services") == ["1"])
            let other = try await api.send(
                .post, path, ["name": "Other", "duration_minutes": 45], headers: Self.key)
            #expect(other.status == .unprocessableContent)
            let elsewhere = try await api.send(.post, "\(api.salon)/customers", ["name": "Zoe"], headers: Self.key)
            #expect(elsewhere.status == .unprocessableContent)
            let theirs = try await api.send(
                .post, "/v1/salons/\(api.salons[1])/services", as: .stranger, Self.cut, headers: Self.key)
            #expect(theirs.status == .created && theirs.headers["Idempotent-Replayed"] == nil, "keys are of a salon")
            for header in ["", "a b", "é", String(repeating: "x", count: 256)] {
                let refused = try await api.send(.post, path, Self.cut, headers: ["Idempotency-Key": header])
                #expect(refused.status == .badRequest, "\(header.prefix(5))")
            }
        }
    }

    @Test("An answer that refuses is not kept, and one that is over gives way")
    func kept() async throws {
        try await TestedAPI.run { api in
            let path = "\(api.salon)/closures"
            let wrong: JSON = ["starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-01T10:00:00Z"]
            #expect(try await api.send(.post, path, wrong, headers: Self.key).status == .unprocessableContent)
            let right: JSON = ["starts_at": "2026-03-01T10:00:00Z", "ends_at": "2026-03-02T10:00:00Z"]
            let first = try await api.send(.post, path, right, headers: Self.key)
            #expect(first.status == .created)
            try await api.sql("UPDATE idempotency_keys SET expires_at = now() - interval '1 second' RETURNING ''")
            let second = try await api.send(.post, path, right, headers: Self.key)
            #expect(try second.status == .created && second.json()["id"] != first.json()["id"])
        }
    }

    @Test("While the first request runs, the second is told so")
    func running() async throws {
        try await TestedAPI.run { api in
            // As the first request would hold it: the claim of the key, in an open transaction.
            try await api.sql(
                "SELECT pg_advisory_lock(hashtextextended($1 || ' 0193-first', 0))::text", "\(api.salons[0])")
            let second = try await api.send(.post, "\(api.salon)/services", Self.cut, headers: Self.key)
            #expect(second.status == .conflict && second.headers["Retry-After"] == "1")
            try await api.sql(
                "SELECT pg_advisory_unlock(hashtextextended($1 || ' 0193-first', 0))::text", "\(api.salons[0])")
            #expect(try await api.send(.post, "\(api.salon)/services", Self.cut, headers: Self.key).status == .created)
        }
    }

    @Test("Many at once with one key have one effect and one answer between them")
    func together() async throws {
        try await TestedAPI.run { api in
            let answers = try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
                for _ in 0..<12 {
                    group.addTask { try await api.send(.post, "\(api.salon)/services", Self.cut, headers: Self.key) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.status.code)).isSubset(of: [201, 409]))
            #expect(Set(answers.filter { $0.status == .created }.map(\.body)).count == 1)
            #expect(try await api.sql("SELECT count(*)::text FROM services") == ["1"])
        }
    }

    @Test("Cut off between the commit and its acknowledgement, a request has one effect and gets its answer")
    func cutOff() async throws {
        try await TestedAPI.run(proxied: true) { api in
            let path = "\(api.salon)/services"
            // So that the connections are there, and the next commit is that of the request.
            #expect(try await api.get(path).status == .ok)
            try await api.loop.perform { api.proxy?.loseAnswer(to: Self.commit) }
            let answer = try await api.send(.post, path, Self.cut, headers: Self.key)
            #expect(answer.status == .created && answer.headers["Idempotent-Replayed"] == "true")
            #expect(try await api.sql("SELECT count(*)::text FROM services") == ["1"])
            let again = try await api.send(.post, path, Self.cut, headers: Self.key)
            #expect(again.body == answer.body)
        }
    }

    @Test("Without a key the same cut is told as what it is, and repeats nothing")
    func cutOffWithoutKey() async throws {
        try await TestedAPI.run(proxied: true) { api in
            let path = "\(api.salon)/services"
            #expect(try await api.get(path).status == .ok)
            try await api.loop.perform { api.proxy?.loseAnswer(to: Self.commit) }
            let answer = try await api.send(.post, path, Self.cut)
            #expect(answer.status == .serviceUnavailable && answer.headers["Retry-After"] == "2")
            #expect(try await api.sql("SELECT count(*)::text FROM services") == ["1"])
        }
    }
}
