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
    private struct Key: Hashable, Sendable {
        let subject: RateSubject
        let rate: RateClass
    }

    private let buckets: Mutex<[RateClass: TokenBuckets<Key>]>
    private let start = ContinuousClock.now

    /// So many requests in a minute for each class.
    init(perMinute sizes: [RateClass: Int]) {
        buckets = Mutex(sizes.mapValues { TokenBuckets(size: $0, window: .seconds(60)) })
    }

    /// Counts a request back that was not to count.
    func giveBack(_ subject: RateSubject, _ rate: RateClass) {
        buckets.withLock { $0[rate]?.giveBack(Key(subject: subject, rate: rate), at: .now - start) }
    }

    /// Counts a request: the headers that tell the client where it stands, or the 429 that it gets.
    func admit(_ subject: RateSubject, _ rate: RateClass) throws(HTTPProblem) -> [HTTPHeaders.Field] {
        let (size, verdict) = buckets.withLock { buckets in
            (buckets[rate]?.size, buckets[rate]?.take(Key(subject: subject, rate: rate), at: .now - start))
        }
        guard let size, let verdict else { return [] }
        let seconds = max(1, Int(verdict.wait.seconds.rounded(.up)))
        let fields: [HTTPHeaders.Field] = [
            .init("RateLimit-Policy", "\"\(rate.rawValue)\";q=\(size);w=60"),
            .init("RateLimit", "\"\(rate.rawValue)\";r=\(verdict.remaining);t=\(seconds)"),
        ]
        guard verdict.isGranted else {
            var headers = HTTPHeaders()
            for field in fields { headers.append(field.name, field.value) }
            headers.append("Retry-After", "\(seconds)")
            throw HTTPProblem(
                .tooManyRequests, "more than \(size) requests of this class in a minute", headers: headers)
        }
        return fields
    }
}
