import Loop
import Postgres

/// A connection that many tasks share, made when it is first needed and anew when it has ended or its server is no
/// longer what is wanted.
final class SessionLine: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only.
    private let options: ConnectionOptions
    private let sessionOptions: SessionOptions
    private let loop: EventLoop
    private var open: PostgresSession?
    /// What those who need it wait for while it is being made.
    private var opening: LoopWait<PostgresSession>?
    private var isClosed = false

    init(_ options: ConnectionOptions, _ sessionOptions: SessionOptions, on loop: EventLoop) {
        self.options = options
        self.sessionOptions = sessionOptions
        self.loop = loop
    }

    /// The open session; whoever comes while it is being made waits with the others.
    func session() async throws -> PostgresSession {
        if let open {
            if open.isOpen, open.fitsTarget { return open }
            open.close()
            self.open = nil
        }
        if let opening { return try await opening.value(on: loop) }
        let opening = LoopWait<PostgresSession>()
        self.opening = opening
        // Unstructured because the first one who needs it may give up while others wait for it.
        Task(executorPreference: loop) { await self.connect(opening) }
        return try await opening.value(on: loop)
    }

    private func connect(_ opening: LoopWait<PostgresSession>) async {
        do {
            let session = try await PostgresSession.connect(options, sessionOptions, on: loop)
            if isClosed { session.close() }
            open = session
            self.opening = nil
            opening.succeed(session)
        } catch {
            self.opening = nil
            opening.fail(error)
        }
    }

    /// Ends the connection; one that is being made is ended then.
    func close() {
        isClosed = true
        open?.close()
    }
}
