import Basics
import HTTP
import Store

/// Whose requests are counted together.
enum RateSubject: Hashable, Sendable {
    /// A salon's, whoever sends them.
    case salon(SalonIdentifier)
    /// A person's, outside of any salon.
    case actor(Actor)
    /// An address's, for what needs no token.
    case address(String)
}

/// Limits how much each tenant asks for, by class.
struct RateLimiter: Sendable {
    private struct Key: Hashable, Sendable {
        let subject: RateSubject
        let rate: RateClass
    }

    private var buckets: [RateClass: TokenBuckets<Key>]

    /// So many requests in a minute for each class.
    init(perMinute sizes: [RateClass: Int]) {
        buckets = sizes.mapValues { TokenBuckets(size: $0, window: .seconds(60)) }
    }

    /// Counts a request back that was not to count.
    mutating func giveBack(_ subject: RateSubject, _ rate: RateClass, at now: Duration) {
        buckets[rate]?.giveBack(Key(subject: subject, rate: rate), at: now)
    }

    /// Counts a request: the headers that tell the client where it stands, or the 429 that it gets.
    mutating func admit(
        _ subject: RateSubject, _ rate: RateClass, at now: Duration
    ) throws(HTTPProblem) -> [HTTPHeaders.Field] {
        guard let size = buckets[rate]?.size,
            let verdict = buckets[rate]?.take(Key(subject: subject, rate: rate), at: now)
        else { return [] }
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
