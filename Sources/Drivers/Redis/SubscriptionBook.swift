/// Who listens to what, what the server has been asked for, and what it has confirmed; knows no sockets.
///
/// Invariants: while a connection is there, the server has been asked for exactly the topics that somebody wants, each
/// once; a topic is live when it is wanted and nothing that was asked about it is still to be answered.
struct SubscriptionBook {
    /// One command to the server; each has exactly one answer, and the answers come in order.
    enum Request: Hashable {
        case subscribe(RedisTopic)
        case unsubscribe(RedisTopic)
        case ping
    }

    /// What a reply means.
    enum Outcome: Equatable {
        case nothing
        /// All topics of these listeners are live: for the first time, or again.
        case ready(first: [Int], again: [Int])
        case message(RedisMessage, to: [Int])
        /// The server does not let these listen.
        case refused([Int], RedisReplyError)
        case unexpected
    }

    private var isUp = false
    private var wanted: [RedisTopic: Set<Int>] = [:]
    private var live: Set<RedisTopic> = []
    /// The topics that a listener still waits for.
    private var missing: [Int: Set<RedisTopic>] = [:]
    private var hasBeenReady: Set<Int> = []
    private var outbox: [Request] = []
    private var expected = Queue<Request>()
    /// How many answers about a topic are still to come.
    private var openQuestions: [RedisTopic: Int] = [:]

    init() {}

    /// A listener comes; true when everything it wants is live already.
    mutating func add(_ listener: Int, _ topics: Set<RedisTopic>) -> Bool {
        for topic in topics {
            if wanted[topic] == nil { ask(.subscribe(topic), about: topic) }
            wanted[topic, default: []].insert(listener)
        }
        let missing = topics.subtracting(live)
        self.missing[listener] = missing.isEmpty ? nil : missing
        if missing.isEmpty { hasBeenReady.insert(listener) }
        return missing.isEmpty
    }

    /// A listener goes.
    mutating func remove(_ listener: Int) {
        missing[listener] = nil
        hasBeenReady.remove(listener)
        for (topic, listeners) in wanted where listeners.contains(listener) {
            guard listeners.count == 1 else {
                wanted[topic]?.remove(listener)
                continue
            }
            wanted[topic] = nil
            live.remove(topic)
            ask(.unsubscribe(topic), about: topic)
        }
    }

    private mutating func ask(_ request: Request, about topic: RedisTopic) {
        guard isUp else { return }
        outbox.append(request)
        openQuestions[topic, default: 0] += 1
    }

    /// A connection is there, and the server knows nothing yet.
    mutating func opened() {
        lost()
        isUp = true
        for (topic, listeners) in wanted {
            ask(.subscribe(topic), about: topic)
            for listener in listeners { missing[listener, default: []].insert(topic) }
        }
    }

    /// The connection is gone.
    mutating func lost() {
        isUp = false
        live = []
        outbox = []
        expected = Queue()
        openQuestions = [:]
    }

    /// A sign of life is wanted; false when one is still awaited.
    mutating func ping() -> Bool {
        guard isUp, !outbox.contains(.ping), !expected.all.contains(.ping) else { return false }
        outbox.append(.ping)
        return true
    }

    /// What is to be sent now.
    mutating func takeRequests() -> [Request] {
        for request in outbox { expected.append(request) }
        defer { outbox = [] }
        return outbox
    }

    // MARK: - Replies

    /// Takes note of what the server says.
    mutating func received(_ reply: RedisValue) -> Outcome {
        switch reply {
        case .status("PONG"): return expected.popFirst() == .ping ? .nothing : .unexpected
        case .error(let error): return refused(error)
        case .array(let parts): return pushed(parts)
        default: return .unexpected
        }
    }

    private mutating func pushed(_ parts: [RedisValue]) -> Outcome {
        guard let kind = Self.text(parts.first) else { return .unexpected }
        switch (kind, parts.count) {
        case ("message", 3): return message(Self.text(parts[1]), nil, parts[2])
        case ("pmessage", 4): return message(Self.text(parts[2]), Self.text(parts[1]), parts[3])
        case ("subscribe", 3): return answered(.subscribe(.channel(Self.text(parts[1]) ?? "")))
        case ("psubscribe", 3): return answered(.subscribe(.pattern(Self.text(parts[1]) ?? "")))
        case ("unsubscribe", 3): return answered(.unsubscribe(.channel(Self.text(parts[1]) ?? "")))
        case ("punsubscribe", 3): return answered(.unsubscribe(.pattern(Self.text(parts[1]) ?? "")))
        case ("pong", 2): return expected.popFirst() == .ping ? .nothing : .unexpected
        default: return .unexpected
        }
    }

    private static func text(_ value: RedisValue?) -> String? {
        guard case .bytes(let bytes) = value else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func message(_ channel: String?, _ pattern: String?, _ payload: RedisValue) -> Outcome {
        guard let channel, case .bytes(let bytes) = payload else { return .unexpected }
        let message = RedisMessage(channel: channel, pattern: pattern, payload: bytes)
        return .message(message, to: (wanted[message.topic] ?? []).sorted())
    }

    private mutating func answered(_ request: Request) -> Outcome {
        guard expected.popFirst() == request else { return .unexpected }
        switch request {
        case .subscribe(let topic): return close(topic) && wanted[topic] != nil ? becameLive(topic) : .nothing
        case .unsubscribe(let topic):
            _ = close(topic)
            return .nothing
        case .ping: return .nothing
        }
    }

    /// One answer less is to come about a topic; true when it was the last one.
    private mutating func close(_ topic: RedisTopic) -> Bool {
        let left = (openQuestions[topic] ?? 1) - 1
        openQuestions[topic] = left == 0 ? nil : left
        return left == 0
    }

    private mutating func becameLive(_ topic: RedisTopic) -> Outcome {
        live.insert(topic)
        var complete: [Int] = []
        for listener in wanted[topic] ?? [] {
            missing[listener]?.remove(topic)
            if missing[listener]?.isEmpty == true {
                missing[listener] = nil
                complete.append(listener)
            }
        }
        let again = hasBeenReady.intersection(complete)
        hasBeenReady.formUnion(complete)
        let first = Set(complete).subtracting(again)
        return complete.isEmpty ? .nothing : .ready(first: first.sorted(), again: again.sorted())
    }

    private mutating func refused(_ error: RedisReplyError) -> Outcome {
        switch expected.popFirst() {
        case .subscribe(let topic):
            guard close(topic), let listeners = wanted.removeValue(forKey: topic) else { return .nothing }
            for listener in listeners { remove(listener) }
            return .refused(listeners.sorted(), error)
        // A user who may not ask for a sign of life gets one all the same.
        case .ping: return .nothing
        case .unsubscribe, nil: return .unexpected
        }
    }
}
