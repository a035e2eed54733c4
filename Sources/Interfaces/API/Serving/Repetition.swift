import Basics
import Digests
import HTTP
import JSONText
import Postgres
import Store
import Tenants

/// A request that may come again: its key, and what tells it from another request with the same key.
///
/// The answer is written in the transaction of the effect. So whoever is cut off between the commit and the answer, by
/// whatever, asks again and gets the answer that was lost; and what was rolled back has left none.
struct Repetition: Sendable {
    /// The key, as the client chose it.
    let key: String
    private let hash: [UInt8]

    /// Reads the header; nil when there is none, a 400 when it is no key.
    init?(_ request: HTTPRequest) throws(HTTPProblem) {
        guard let key = request.headers["Idempotency-Key"] else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw HTTPProblem(.badRequest, "an Idempotency-Key has 1 to 255 visible characters of ASCII")
        }
        self.key = key
        let head = "\(request.method) \(request.target)\n"
        hash = Digest(.sha256, of: Array(head.utf8) + request.body).bytes
    }

    /// Does the work, or answers as it was answered before. In the transaction of the work.
    func answer(
        in transaction: StoreTransaction, _ work: (StoreTransaction) async throws -> Reply
    ) async throws -> Reply {
        guard try await transaction.run(RepetitionStatements.claim, key).first == true else {
            throw HTTPProblem(
                .conflict, "a request with this Idempotency-Key is still running", headers: ["Retry-After": "1"])
        }
        if let kept = try await transaction.run(RepetitionStatements.answer, key).first { return try replay(kept) }
        let reply = try await work(transaction)
        try await transaction.run(
            RepetitionStatements.keep, (key, hash, Int32(reply.status.code), Self.headers(reply), Self.body(reply)))
        return reply
    }

    private func replay(_ kept: KeptAnswer) throws -> Reply {
        guard kept.requestHash == hash else {
            throw HTTPProblem(.unprocessableContent, "this Idempotency-Key was used for another request")
        }
        var reply = Reply(HTTPStatus(Int(kept.status)))
        if !kept.body.isEmpty { reply.json = try JSON(reading: kept.body) }
        if case .object(let members) = try JSON(reading: kept.headers.text) {
            for member in members {
                if let value = member.value.text { reply.headers.append(member.name, value) }
            }
        }
        reply.headers.append("Idempotent-Replayed", "true")
        return reply
    }

    private static func headers(_ reply: Reply) -> PostgresJSON {
        let response = reply.response
        let kept = ["ETag", "Location"].compactMap { name in
            response.headers[name].map { JSON.Member(name, .string($0)) }
        }
        return PostgresJSON(JSON.object(kept).compact)
    }

    private static func body(_ reply: Reply) -> [UInt8] {
        (reply.repeated ?? reply.json).map { Array($0.compact.utf8) } ?? []
    }
}
