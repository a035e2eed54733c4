import Basics
import CPostgres
import Loop

/// One attempt to get from options to an open session, within the options' time.
struct ConnectionAttempt {
    let options: ConnectionOptions
    let loop: EventLoop
    let notices: NoticeReceiver
    let deadline: ContinuousClock.Instant

    /// The open session, which the caller must finish.
    func establish() async throws -> OpaquePointer {
        let addresses = try await HostAddresses.find(options, before: deadline, on: loop)
        let handle = try start(addresses)
        do {
            try await poll(handle)
            guard PQsetnonblocking(handle, 1) == 0 else { throw PostgresError.notConnected(options, Self.text(handle)) }
            return handle
        } catch {
            PQfinish(handle)
            throw error
        }
    }

    private func start(_ addresses: [String]) throws(PostgresError) -> OpaquePointer {
        ConnectionParameters.forgetEnvironment()
        let started = try ConnectionParameters(options, addresses: addresses).withArrays {
            PQconnectStartParams($0, $1, 0)
        }
        guard let handle = started else { throw .notConnected(options, "out of memory") }
        notices.attach(to: handle)
        // The verbose form holds the SQLSTATE, which a failed connection tells in no other way.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        return handle
    }

    private func poll(_ handle: OpaquePointer) async throws {
        var wanted = PGRES_POLLING_WRITING
        guard PQstatus(handle) != CONNECTION_BAD else { throw PostgresError.notConnected(options, Self.text(handle)) }
        while wanted != PGRES_POLLING_OK {
            guard wanted != PGRES_POLLING_FAILED else { throw PostgresError.notConnected(options, Self.text(handle)) }
            try await wait(PQsocket(handle), toWrite: wanted == PGRES_POLLING_WRITING)
            wanted = PQconnectPoll(handle)
        }
    }

    /// Each wait has a watch of its own, closed before libpq is called again: for its next address, or to go on
    /// without TLS, libpq closes the socket inside `PQconnectPoll` and opens another one, often under the same
    /// number.
    private func wait(_ descriptor: Int32, toWrite: Bool) async throws {
        let watch = try DescriptorWatch(descriptor, on: loop)
        let timer = loop.schedule(after: ContinuousClock.now.duration(to: deadline)) { [options] in
            watch.fail(PostgresError.noAnswer(options))
        }
        defer {
            timer.cancel()
            watch.close()
        }
        if toWrite { try await watch.writable() } else { try await watch.readable() }
    }

    private static func text(_ handle: OpaquePointer) -> String {
        PQerrorMessage(handle).map { String(cString: $0) } ?? ""
    }
}
