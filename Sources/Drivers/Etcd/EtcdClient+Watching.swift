import Basics
import HTTP
import JSONText
import Loop

extension EtcdClient {
    /// Tells of every change of some keys behind a revision, until the task is cancelled or `body` throws. Must be called
    /// by a task of the loop.
    ///
    /// Read first, and watch after the revision of that answer: then nothing is missed in between. The watch goes on
    /// through broken connections and members that end, from where it was; where the cluster no longer has what happened,
    /// `body` gets a `gap`. While `body` works, what happens waits in the cluster.
    public func watch(
        _ keys: EtcdKeys, after revision: Int64, withPrevious: Bool = false,
        _ body: (EtcdNotification) async throws -> Void
    ) async throws -> Never {
        precondition(loop.isCurrent, "a watch is used on its client's loop")
        var machine = WatchMachine(after: revision)
        var failures = 0
        while true {
            let endpoint = book.order[0]
            let before = machine.revision
            do {
                let wasConfirmed = try await follow(keys, withPrevious, at: endpoint, &machine, body)
                if wasConfirmed || machine.revision != before { failures = 0 }
                try await loop.sleep(for: pause(after: failures))
            } catch let failure as WatchFailure {
                if failure.wasConfirmed { failures = 0 }
                guard failure.error.isTransient || failure.error.kind == .protocolViolation else { throw failure.error }
                book.failed(endpoint)
                for case .tell(let notification) in machine.interrupted(failure.error) { try await body(notification) }
                failures += 1
                try await loop.sleep(for: pause(after: failures))
            }
        }
    }

    /// None as long as there are members that were not asked; then longer ones.
    private func pause(after failures: Int) -> Duration {
        let rounds = failures / options.endpoints.count
        guard rounds > 0 else { return .zero }
        return min(.milliseconds(25) * (1 << min(rounds - 1, 10)), .seconds(1)) * Double.random(in: 0.5...1)
    }

    /// Follows the stream of one member until another one is needed, which is thrown, or the same one anew; says whether
    /// the member had confirmed the watch.
    private func follow(
        _ keys: EtcdKeys, _ withPrevious: Bool, at place: Int, _ machine: inout WatchMachine,
        _ body: (EtcdNotification) async throws -> Void
    ) async throws -> Bool {
        let endpoint = options.endpoints[place]
        let (request, _, _) = try EtcdCall("/v3/watch", isRepeatable: true) { json in
            json.member("create_request") { json in
                json.object { json in
                    keys.writeMembers(to: &json)
                    json.member("start_revision", machine.revision + 1)
                    json.member("progress_notify", true)
                    if withPrevious { json.member("prev_kv", true) }
                }
            }
        }.request()
        var wasConfirmed = false
        var thrown: (any Error)?
        do {
            try await watching.withResponse(to: request, at: endpoint, mayRepeat: true, within: Self.watchLimit) {
                head, stream in
                do {
                    try await self.read(head, stream, endpoint, &machine, &wasConfirmed, body)
                } catch {
                    thrown = error
                    throw error
                }
            }
            book.answered(place)
            return wasConfirmed
        } catch {
            // An error of `body` is the caller's, even where it looks like one of the network's.
            let error = thrown ?? error
            if let error = error as? StreamFailure {
                throw WatchFailure(error: error.cause(at: endpoint), wasConfirmed: wasConfirmed)
            }
            guard thrown == nil, let error = error as? ParlorError else { throw error }
            throw WatchFailure(error: .unanswered(endpoint, error, wasSent: false), wasConfirmed: wasConfirmed)
        }
    }

    private static let watchLimit = Duration.seconds(365 * 86_400)

    /// Reads one stream to its end, or until it shall begin anew.
    private func read(
        _ head: HTTPResponse, _ stream: HTTPResponseBody, _ endpoint: HTTPOrigin, _ machine: inout WatchMachine,
        _ wasConfirmed: inout Bool, _ body: (EtcdNotification) async throws -> Void
    ) async throws {
        var lines = StreamLines(limit: options.answerMax.bytes)
        while let bytes = try await piece(of: stream) {
            guard head.status.isSuccess else {
                var refusal = head
                refusal.body = bytes
                throw StreamFailure.etcd(failure(refusal, endpoint))
            }
            lines.add(bytes)
            while let line = try next(&lines, endpoint) {
                let message = try message(line, endpoint)
                if case .created = message { wasConfirmed = true }
                if try await perform(machine.handle(message), endpoint, &machine, body) { return }
            }
        }
        throw StreamFailure.network(ParlorError(.connection, "the stream of a watch has ended"))
    }

    /// Performs what the machine decided; true when the stream shall begin anew.
    private func perform(
        _ actions: [WatchMachine.Action], _ endpoint: HTTPOrigin, _ machine: inout WatchMachine,
        _ body: (EtcdNotification) async throws -> Void
    ) async throws -> Bool {
        for action in actions {
            switch action {
            case .tell(let notification): try await body(notification)
            case .restart: return true
            case .fail(let complaint): throw StreamFailure.etcd(EtcdError(complaint, at: endpoint))
            case .verify:
                let now = try await clusterRevision()
                if try await perform(machine.verified(now), endpoint, &machine, body) { return true }
            }
        }
        return false
    }

    /// The revision that the cluster agrees upon.
    private func clusterRevision() async throws -> Int64 {
        var reading = EtcdReading()
        reading.limit = 1
        reading.isWithoutValues = true
        do {
            return try await range(.one("-"), reading).header.revision
        } catch let error as EtcdError {
            throw StreamFailure.etcd(error)
        }
    }

    // MARK: - Telling failures of the stream from those of the caller

    private func piece(of stream: HTTPResponseBody) async throws -> [UInt8]? {
        do { return try await stream.next() } catch let error as ParlorError { throw StreamFailure.network(error) }
    }

    private func next(_ lines: inout StreamLines, _ endpoint: HTTPOrigin) throws -> [UInt8]? {
        do { return try lines.next() } catch {
            let why = "a line is longer than \(options.answerMax)"
            throw StreamFailure.etcd(.unreadable(endpoint, why, mayHaveRun: false))
        }
    }

    private func message(_ line: [UInt8], _ endpoint: HTTPOrigin) throws -> WatchMessage {
        do {
            return try parse(line, endpoint, mayHaveRun: false) { json throws(JSONFault) in
                try WatchMessage(reading: &json)
            }
        } catch { throw StreamFailure.etcd(error) }
    }
}

/// Why a stream cannot go on.
private enum StreamFailure: Error {
    case network(ParlorError)
    case etcd(EtcdError)

    func cause(at endpoint: HTTPOrigin) -> EtcdError {
        switch self {
        case .network(let error): .unanswered(endpoint, error, wasSent: false)
        case .etcd(let error): error
        }
    }
}

/// The same, with what is known of the stream.
private struct WatchFailure: Error {
    let error: EtcdError
    let wasConfirmed: Bool
}
