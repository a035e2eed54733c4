import Basics
import Loop

/// One request and what comes back, on a connection that is this exchange's alone.
///
/// A body that is more than a small one is sent while the response is waited for. A response that says no, or any other
/// failure of the server's, ends the sending; the connection ends with it.
struct HTTPExchange: Sendable {
    /// A body of this size goes out with the head; a larger one is sent beside the reading.
    private static let smallBody = 65_536

    let request: HTTPRequest
    let upload: HTTPUpload?
    let endpoint: HTTPEndpoint
    let limits: HTTPMessageLimits
    let keepsAlive: Bool

    /// For messages. The query is left out, because it may hold what is nobody's business.
    var name: String { "\(request.method) \(request.path) at \(endpoint)" }

    /// Sends the request and hands the response's head and body to `use`.
    func perform<Result>(
        on connection: HTTPClientConnection, _ use: (HTTPResponse, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        connection.begin(name)
        let body = HTTPResponseBody(connection, HTTPResponseParser(to: request.method, limits: limits), name: name)
        if let upload = upload ?? largeBody {
            return try await perform(on: connection, sending: upload, body, use)
        }
        let refusal = try await failure { try await connection.write(head + request.body) }
        do {
            let head = try await body.head()
            return try await used(head, body, use)
        } catch let error as ParlorError where error.code == .connection && !connection.hasReceived {
            throw refusal ?? error
        }
    }

    private var largeBody: HTTPUpload? {
        request.body.count > Self.smallBody ? HTTPUpload(request.body) : nil
    }

    private var head: [UInt8] {
        let waits = upload?.confirmationLimit != nil
        let writer = HTTPRequestWriter(host: endpoint.host, keepsAlive: keepsAlive, awaitsConfirmation: waits)
        return writer.head(request, HTTPRequestWriter.framing(request, upload))
    }

    /// A server may answer and close before it has read everything; then the broken connection is not the whole story.
    private func failure(_ send: () async throws -> Void) async throws -> ParlorError? {
        do {
            try await send()
            return nil
        } catch let error as ParlorError where error.code == .connection {
            return error
        }
    }

    private func used<Result>(
        _ head: HTTPResponse, _ body: HTTPResponseBody, _ use: (HTTPResponse, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        let result = try await use(head, body)
        // A body that has ended without being asked for, like that of a 204.
        body.finishIfWhole()
        return result
    }

    // MARK: - A body that is sent beside the reading

    private func perform<Result>(
        on connection: HTTPClientConnection, sending upload: HTTPUpload, _ body: HTTPResponseBody,
        _ use: (HTTPResponse, HTTPResponseBody) async throws -> Result
    ) async throws -> Result {
        let sending = HTTPSending(upload, on: connection)
        if let refusal = try await failure({ try await connection.write(head) }) { throw refusal }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await sending.run() }
            do {
                let head = try await body.head { sending.confirm() }
                if head.status.code >= 300, !sending.isDone {
                    group.cancelAll()
                    await group.waitQuietly()
                }
                let result = try await used(head, body, use)
                if !sending.isDone { connection.isReusable = false }
                group.cancelAll()
                return result
            } catch let error as ParlorError where error.code == .connection {
                throw sending.failure ?? error
            }
        }
    }
}

extension ThrowingTaskGroup {
    fileprivate mutating func waitQuietly() async { while (try? await next()) != nil {} }
}
