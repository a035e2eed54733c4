import Basics
import HTTP
import HTTPTestSupport
import Jobs
import Loop
import Postgres
import Store
import StoreTestSupport
import Testing
import WhatsApp

/// Runs `body` with a salon that can send, in a database of its own, to a WhatsApp of the test's own.
func withSendingScene(
    answerLimit: Duration = .seconds(20), _ body: @escaping @Sendable (SendingScene) async throws -> Void
) async throws {
    try await withTestedSalon { salon in
        let loop = salon.superuser.loop
        let cloud = ScriptedCloud()
        let server = try HTTPServer(at: .tcp(host: "127.0.0.1", port: 0), on: loop) { request in
            var request = request
            do { try await request.collect() } catch { return HTTPResponse(.badRequest) }
            return await cloud.respond(to: request, on: loop)
        }
        let sealer = FieldSealer(try SealingKeyring([1: Secret("a master secret of at least thirty-two characters")]))
        let token = sealer.seal("token", for: SealedColumn.accessToken.field, of: salon.scope.salon)
        try await salon.superuser.query("UPDATE salons SET access_token = $1 WHERE id = $2", token, salon.id)
        guard case .tcp(_, let port) = server.address else { throw ParlorError(.unexpected, "no port") }
        let client = try #require(
            CloudClient(at: "http://127.0.0.1:\(port)/v23.0", HTTPClientOptions(), within: answerLimit, on: loop))
        try await withThrowingTaskGroup { group in
            group.addTask(executorPreference: loop) { try await server.run() }
            try await body(
                SendingScene(
                    salon: salon, cloud: cloud, queue: PostgresJobQueue(salon.store), loop: loop, sealer: sealer,
                    client: client))
            client.close()
            server.shutDown(within: .zero)
            try await group.waitForAll()
        }
    }
}
