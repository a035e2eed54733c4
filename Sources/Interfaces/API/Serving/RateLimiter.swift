import Basics
import HTTP
import Store
import Synchronization

/// Whose requests are counted together.
enum RateSubject: Hashable, Sendable {
    /// A salon's, whoever sends them.
    case salon(SalonIdentifier)
    /// A person's, outside of any salon.
    case actor(Actor)
    /// An address's, for what needs no token.
    case address(String)
}

/// Limits how much each tenant asks for, by class, on all loops of a process.
final class RateLimiter: Sendable {
    /// What a class is allowed.
    private final class Limit: Sendable {
        let size: Int
        /// As clients are told.
        let policy: String
        let buckets: Mutex<TokenBuckets<RateSubject>>

        init(_ rate: RateClass, perMinute size: Int) {
            self.size = size
            policy = "\"\(rate.rawValue)\";q=\(size);w=60"
            buckets = Mutex(TokenBuckets(size: size, window: .seconds(60)))
        }
    }

    private let limits: [RateClass: Limit]
    private let start = ContinuousClock.now

    /// So many requests in a minute for each class.
    init(perMinute sizes: [RateClass: Int]) {
        limits = Dictionary(uniqueKeysWithValues: sizes.map { ($0, Limit($0, perMinute: $1)) })
    }

    /// Counts a request back that was not to count.
    func giveBack(_ subject: RateSubject, _ rate: RateClass) {
        limits[rate]?.buckets.withLock { $0.giveBack(subject, at: .now - start) }
    }

    /// Counts a request: the headers that tell the client where it stands, or the 429 that it gets.
    func admit(_ subject: RateSubject, _ rate: RateClass) throws(HTTPProblem) -> [HTTPHeaders.Field] {
        guard let limit = limits[rate] else { return [] }
        let verdict = limit.buckets.withLock { $0.take(subject, at: .now - start) }
        let seconds = max(1, Int(verdict.wait.seconds.rounded(.up)))
        let fields: [HTTPHeaders.Field] = [
            .init("RateLimit-Policy", limit.policy),
            .init("RateLimit", "\"\(rate.rawValue)\";r=\(verdict.remaining);t=\(seconds)"),
        ]
        guard verdict.isGranted else {
            var headers = HTTPHeaders()
            for field in fields { headers.append(field.name, field.value) }
            headers.append("Retry-After", "\(seconds)")
            throw HTTPProblem(
                .tooManyRequests, "more than \(limit.size) requests of this class in a minute", headers: headers)
        }
        return fields
    }
}
