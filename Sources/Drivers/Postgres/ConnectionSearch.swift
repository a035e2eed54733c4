import Basics
import Loop

/// The way to the first of several servers that will do, within the options' time.
///
/// Each attempt gets its share of the time that is left, so that a server that does not even refuse keeps nobody from
/// the next one.
struct ConnectionSearch {
    let options: ConnectionOptions
    let loop: EventLoop
    let notices: NoticeReceiver

    /// An open connection, which the caller must finish, and the options that led there.
    func establish() async throws -> (handle: OpaquePointer, options: ConnectionOptions) {
        let deadline = ContinuousClock.now + options.connectTimeout
        let attempts = options.attempts
        var failures: [(place: ConnectionOptions, error: PostgresError)] = []
        for (index, var place) in attempts.enumerated() {
            let share = ContinuousClock.now.duration(to: deadline) / (attempts.count - index)
            let attempt = ConnectionAttempt(
                options: place, loop: loop, notices: notices, deadline: .now + max(share, .zero))
            do {
                let handle = try await attempt.establish()
                place.target = options.target
                return (handle, place)
            } catch let error as PostgresError {
                failures.append((place, error))
            }
        }
        throw PostgresError.noneOf(failures)
    }
}

extension ConnectionOptions {
    /// What is tried in order: one place at a time, with what is asked of the server there.
    var attempts: [ConnectionOptions] {
        let places = [Place(host: host, port: port)] + alternatives
        let targets = target == .preferStandby ? [Target.standby, .any] : [target]
        return targets.flatMap { target in
            places.map { place in
                var attempt = self
                (attempt.host, attempt.port, attempt.alternatives) = (place.host, place.port, [])
                attempt.target = target
                return attempt
            }
        }
    }
}

extension PostgresError {
    /// No server will do; of one that was tried alone, its own error.
    fileprivate static func noneOf(_ failures: [(place: ConnectionOptions, error: PostgresError)]) -> PostgresError {
        // A server's answer tells more than an address where nobody listens.
        let decisive = failures.first { $0.error.kind != .unreachable } ?? failures[0]
        guard Set(failures.map(\.place.address)).count > 1 else { return decisive.error }
        var reasons: [String] = []
        for (place, error) in failures {
            let reason = "\(place.address): \(error.explained.why ?? error.explained.what)"
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        let explained = ParlorError(
            decisive.error.explained.code, "no connection to any of the PostgreSQL servers",
            why: reasons.joined(separator: "; "), hint: decisive.error.explained.hint, cause: decisive.error)
        return PostgresError(
            decisive.error.kind, explained, isTransient: failures.contains { $0.error.isTransient },
            sqlState: decisive.error.sqlState)
    }
}
