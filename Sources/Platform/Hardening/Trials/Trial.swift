import Basics
import Loop
import Postgres

/// How an attempt came out.
enum Attempt: Equatable, Sendable {
    /// It got in.
    case admitted
    /// It was turned away, in these words.
    case refused(String)
    /// Nobody answered, so nothing is known.
    case unanswered(String)
}

extension Observation {
    /// An intruder must be refused where the right one is admitted.
    init(_ what: String, intruder: Attempt, control: Attempt) {
        switch (intruder, control) {
        case (.admitted, _): self = .violation("\(what) was let in")
        case (.unanswered(let why), _): self = .untried("\(what): \(why)")
        case (.refused, .admitted): self = .sound("\(what) was refused")
        case (.refused, .refused(let why)), (.refused, .unanswered(let why)):
            self = .untried("\(what) was refused, and so was the right one: \(why)")
        }
    }
}

extension Attempt {
    /// Tries to sign in to PostgreSQL, or to a pooler.
    static func signIn(_ options: ConnectionOptions, on loop: EventLoop) async -> Attempt {
        do {
            try await PostgresSession.connect(options, on: loop).close()
            return .admitted
        } catch let error as PostgresError {
            switch error.kind {
            case .unreachable, .startingUp, .overdue, .crowded: return .unanswered(error.explained.summary)
            default: return .refused(error.explained.summary)
            }
        } catch {
            return .unanswered(ParlorError(describing: error).summary)
        }
    }
}
