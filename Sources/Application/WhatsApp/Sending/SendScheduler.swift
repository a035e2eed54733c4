/// Decides which message goes out when, so that none of WhatsApp's limits is ever exceeded and no salon waits for another.
///
/// Invariants, for whatever is offered:
/// - In any `rateSpan` a number sends no more than it may with what has come in for it. What comes in while messages
///   are on their way cannot be foreseen; WhatsApp says when that was too much, and the number rests.
/// - Two messages of a pair of numbers are `pairGap` apart.
/// - In any `recipientSpan` an account writes unasked to no more people than it may.
/// - Messages of a pair go out in the order in which they were offered, as long as they wait here.
/// - Numbers that could send take turns: between two messages of one, each other gets one.
///
/// It has no clock: each call is told the time. What was sent before this process began is told by `remember`.
package struct SendScheduler: Sendable {
    /// The time.
    package typealias Instant = ContinuousClock.Instant

    private struct Pair: Hashable {
        let number: String
        let recipient: String
    }

    private struct Number {
        var waiting: [SendRequest] = []
        var rate: SendRate
        var restsUntil: Instant?
    }

    private let pace: SendPace
    private var numbers: [String: Number] = [:]
    /// The numbers with something waiting, in the order in which they get their turns.
    private var order: [String] = []
    /// Until when a pair has to wait.
    private var pairs: [Pair: Instant] = [:]
    private var accounts: [String: NewRecipients] = [:]
    private var inFlight = 0
    private var restsUntil: Instant?

    /// A scheduler that keeps a pace.
    package init(_ pace: SendPace = SendPace()) { self.pace = pace }

    /// How many wait.
    package var waitingCount: Int { numbers.values.reduce(0) { $0 + $1.waiting.count } }

    /// An account wrote to these people before, each so long ago.
    package mutating func remember(_ recipients: [(String, Duration)], of account: String, at now: Instant) {
        accounts[account, default: NewRecipients()].remember(recipients.map { ($0.0, now - $0.1) })
    }

    /// A message wants to go out.
    package mutating func offer(_ request: SendRequest) {
        numbers[request.number, default: Number(rate: SendRate())].waiting.append(request)
        if !order.contains(request.number) { order.append(request.number) }
    }

    /// One that was offered and not released does not want to go out any more.
    package mutating func withdraw(_ request: SendRequest) {
        numbers[request.number]?.waiting.removeAll { $0.id == request.id }
    }

    /// A number got a message, which counts against its rate.
    package mutating func noteInbound(_ number: String, at now: Instant) {
        numbers[number, default: Number(rate: SendRate())].rate.note(now)
    }

    /// What was released is over.
    package mutating func finish(_ request: SendRequest, _ verdict: SendVerdict, at now: Instant) {
        inFlight -= 1
        guard case .slowDown(let scope) = verdict else { return }
        let end = now + pace.rest
        switch scope {
        case .number: numbers[request.number]?.restsUntil = end
        case .pair: pairs[Pair(number: request.number, recipient: request.recipient)] = end + pace.pairGap
        case .application: restsUntil = end
        }
    }

    /// What may happen now.
    package mutating func next(at now: Instant) -> SendTurn {
        var turn = SendTurn()
        forget(before: now)
        if let end = restsUntil, end > now { turn.wake = end }
        var idle = 0
        // Each number in its turn, until none can send any more.
        while turn.wake == nil, idle < order.count, inFlight < pace.inFlightMax {
            let name = order.removeFirst()
            order.append(name)
            idle = release(from: name, at: now, &turn) ? 0 : idle + 1
        }
        deferImpatient(at: now, &turn)
        order.removeAll { numbers[$0]?.waiting.isEmpty ?? true }
        if inFlight < pace.inFlightMax { turn.wake = earliest(turn.wake, nextMoment(after: now)) }
        return turn
    }

    // MARK: - One number

    /// Lets the first message of a number go that may.
    private mutating func release(from name: String, at now: Instant, _ turn: inout SendTurn) -> Bool {
        guard var number = numbers[name] else { return false }
        var passed: Set<String> = []
        let base = base(of: number, after: now)
        guard base <= now else { return false }
        for (index, request) in number.waiting.enumerated() {
            // Behind one of the same pair that has to wait, the later ones wait too.
            guard !passed.contains(request.recipient) else { continue }
            if moment(of: request, from: base, at: now) <= now {
                number.waiting.remove(at: index)
                number.rate.note(now)
                numbers[name] = number
                note(request, at: now)
                turn.released.append(request)
                return true
            }
            passed.insert(request.recipient)
        }
        return false
    }

    private mutating func note(_ request: SendRequest, at now: Instant) {
        inFlight += 1
        pairs[Pair(number: request.number, recipient: request.recipient)] = now + pace.pairGap + pace.slack
        if request.isUnasked { accounts[request.account, default: NewRecipients()].note(request.recipient, at: now) }
    }

    /// When a number may send anything at all.
    private func base(of number: Number, after now: Instant) -> Instant {
        guard let first = number.waiting.first else { return now }
        let free = number.rate.free(for: first.perSecond, span: pace.rateSpan + pace.slack, at: now)
        return max(now, number.restsUntil ?? now, restsUntil ?? now, free)
    }

    /// When a message may go by itself, were it the next one of a number that may send from `base` on.
    private mutating func moment(of request: SendRequest, from base: Instant, at now: Instant) -> Instant {
        var moment = base
        if let end = pairs[Pair(number: request.number, recipient: request.recipient)] { moment = max(moment, end) }
        if request.isUnasked, let most = request.newRecipientsPerDay {
            let span = pace.recipientSpan + pace.slack
            let free = accounts[request.account, default: NewRecipients()]
                .free(for: request.recipient, most, span: span, at: now)
            moment = max(moment, free)
        }
        return moment
    }

    private mutating func deferImpatient(at now: Instant, _ turn: inout SendTurn) {
        for name in order {
            guard let number = numbers[name] else { continue }
            let base = base(of: number, after: now)
            var kept: [SendRequest] = []
            var ahead: [String: Int] = [:]
            for request in number.waiting {
                let place = ahead[request.recipient, default: 0]
                let pause = moment(of: request, from: base, at: now) - now + pace.pairGap * place
                ahead[request.recipient] = place + 1
                if pause > pace.patience {
                    turn.deferred.append(SendTurn.Deferred(request: request, pause: pause))
                } else {
                    kept.append(request)
                }
            }
            if kept.count < number.waiting.count { numbers[name]?.waiting = kept }
        }
    }

    // MARK: - Time

    private mutating func nextMoment(after now: Instant) -> Instant? {
        var next: Instant?
        for name in order {
            guard let number = numbers[name] else { continue }
            let base = base(of: number, after: now)
            for request in number.waiting { next = earliest(next, moment(of: request, from: base, at: now)) }
        }
        return next.map { max($0, now) }
    }

    private func earliest(_ one: Instant?, _ other: Instant?) -> Instant? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    private mutating func forget(before now: Instant) {
        if pairs.count > 10_000 { pairs = pairs.filter { $0.value > now } }
        if numbers.count > 1000 {
            numbers = numbers.filter {
                !$0.value.waiting.isEmpty || $0.value.rate.isUsed(since: now - pace.rateSpan * 2)
            }
        }
    }
}

/// What a number sent and got in the last moments.
struct SendRate: Sendable {
    /// The latest ones, the oldest first.
    private var moments: [ContinuousClock.Instant] = []

    mutating func note(_ now: ContinuousClock.Instant) {
        moments.append(now)
        // No number may have more than a thousand in a second; older ones say nothing.
        if moments.count > 4096 { moments.removeFirst(2048) }
    }

    /// When one more would not be more than `most` in any `span`.
    func free(for most: Int, span: Duration, at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        guard moments.count >= most, most > 0 else { return now }
        return max(now, moments[moments.count - most] + span)
    }

    func isUsed(since moment: ContinuousClock.Instant) -> Bool { moments.last.map { $0 >= moment } ?? false }
}

/// The people that an account wrote to unasked.
struct NewRecipients: Sendable {
    private struct Note {
        let moment: ContinuousClock.Instant
        let recipient: String
    }

    /// In the order of time; those that were written to again stand twice.
    private var notes: [Note] = []
    private var latest: [String: ContinuousClock.Instant] = [:]
    /// Until when nobody new may be written to, as long as nobody was written to since that was found out.
    private var fullUntil: ContinuousClock.Instant?

    mutating func remember(_ recipients: [(String, ContinuousClock.Instant)]) {
        for (recipient, moment) in recipients {
            latest[recipient] = max(moment, latest[recipient] ?? moment)
            notes.append(Note(moment: moment, recipient: recipient))
        }
        notes.sort { $0.moment < $1.moment }
        fullUntil = nil
    }

    mutating func note(_ recipient: String, at now: ContinuousClock.Instant) {
        fullUntil = nil
        latest[recipient] = now
        notes.append(Note(moment: now, recipient: recipient))
        if notes.count > 2 * latest.count + 100 { notes.removeAll { latest[$0.recipient] != $0.moment } }
        forget(before: now - .seconds(2 * 86_400))
    }

    private mutating func forget(before moment: ContinuousClock.Instant) {
        let count = notes.prefix { $0.moment < moment }.count
        guard count > 0 else { return }
        for note in notes.prefix(count) where latest[note.recipient] == note.moment { latest[note.recipient] = nil }
        notes.removeFirst(count)
    }

    /// When one more recipient would not be more than `most` in any `span`.
    mutating func free(
        for recipient: String, _ most: Int, span: Duration, at now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        let start = now - span
        if let last = latest[recipient], last > start { return now }
        guard most > 0 else { return now + span }
        // The latest note of each recipient within the span, the oldest first.
        guard latest.count >= most else { return now }
        if let fullUntil, fullUntil > now { return fullUntil }
        let current = notes.filter { $0.moment > start && latest[$0.recipient] == $0.moment }
        guard current.count >= most else { return now }
        let end = current[current.count - most].moment + span
        fullUntil = end
        return end
    }
}
