import Basics
import Loop

/// The sending of a body while the response is waited for.
///
/// On failure: a source that throws, or gives another number of bytes than it promised, ends the connection, because
/// the server would wait for the rest for ever; who reads the response gets that error.
final class HTTPSending: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let upload: HTTPUpload
    private let connection: HTTPClientConnection
    private let confirmation = LoopWait<Void>()
    /// Whether the whole body was sent.
    private(set) var isDone = false
    /// Why it was not.
    private(set) var failure: (any Error)?

    init(_ upload: HTTPUpload, on connection: HTTPClientConnection) {
        self.upload = upload
        self.connection = connection
    }

    /// The server wants the body.
    func confirm() { confirmation.succeed() }

    /// Sends all of it.
    func run() async {
        do {
            try await waitForConfirmation()
            try await send()
            isDone = true
        } catch is CancellationError {
            // The response has come already.
        } catch let fault as HTTPSourceFault {
            failure = fault.cause
            connection.abortForSource(fault.cause)
        } catch {
            // The response may say why, so reading goes on.
            failure = error
        }
    }

    private func waitForConfirmation() async throws {
        guard let limit = upload.confirmationLimit else { return }
        let timer = connection.loop.schedule(after: limit) { self.confirm() }
        defer { timer.cancel() }
        try await confirmation.value(on: connection.loop)
    }

    private func send() async throws {
        let next = try await ofSource { try await upload.open() }
        var left = upload.length ?? 0
        while let bytes = try await ofSource({ try await next() }) {
            guard !bytes.isEmpty else { continue }
            if upload.length != nil {
                left -= bytes.count
                guard left >= 0 else { throw HTTPSourceFault.wrongLength("more") }
                try await connection.write(bytes)
            } else {
                try await connection.write(HTTPRequestWriter.chunk(bytes))
            }
        }
        guard left == 0 else { throw HTTPSourceFault.wrongLength("less") }
        if upload.length == nil { try await connection.write(HTTPRequestWriter.lastChunk) }
    }

    /// What the source throws is told from what the connection throws, whatever kind of error it is.
    private func ofSource<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            throw error is CancellationError && Task.isCancelled ? error : HTTPSourceFault(cause: error)
        }
    }
}

/// A body that could not be made.
private struct HTTPSourceFault: Error {
    let cause: any Error

    static func wrongLength(_ word: String) -> HTTPSourceFault {
        HTTPSourceFault(
            cause: ParlorError(
                .malformed, "a request's body cannot be sent", why: "it is \(word) than its length says"))
    }
}
