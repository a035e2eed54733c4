/// The commands of one connection: those that wait, those that are on their way, and what becomes of them.
///
/// It knows neither sockets nor clocks, so that every order of events can be tried out. Invariants:
/// - Each command that is admitted leaves exactly once: answered, called off, overdue, lost or refused at the end.
/// - Commands are sent in the order of their numbers, and answers belong to them in that order.
/// - A command is sent again only when it is safe to repeat, and no more than `sendsMax` times in all.
/// - What waits is bounded in commands and bytes, what is on its way in commands.
struct CommandLedger<Request> {
    /// What bounds it.
    struct Limits: Equatable {
        var waitingMax: Int
        var waitingBytesMax: Int
        var inFlightMax: Int
        /// How long the late answer of a command that was called off is waited for.
        var settlingTime: Duration
        var sendsMax = 3
    }

    /// What is known of a command.
    struct Terms: Equatable {
        var bytes: Int
        /// How many replies it gets.
        var replies = 1
        var isSafeToRepeat = false
        /// Whether the server answers nothing else until it is done: called off, it takes the connection with it.
        var holdsConnection = false
        var deadline: ContinuousClock.Instant
    }

    /// A command; its request is gone once it was called off, and then its answers are dropped.
    private struct Entry {
        let number: UInt64
        var terms: Terms
        var request: Request?
        var answers: [RedisValue] = []
        var sends = 0
        var repliesLeft: Int
    }

    /// What a reply does.
    enum Answer {
        /// It belongs to no command.
        case unexpected
        /// Others belong to the same command.
        case partial
        /// The command is answered; nil when it was called off.
        case complete(Request?, RedisValue)
    }

    /// What becomes of a command that was called off.
    enum CallOff {
        /// It has left already.
        case late
        case unsent(Request)
        case sent(Request, mustBreakOff: Bool)
    }

    let limits: Limits
    private var waiting = Queue<Entry>()
    private var inFlight = Queue<Entry>()
    private var lastNumber: UInt64 = 0
    /// Entries in `waiting` that were called off.
    private var dead = 0
    /// How many replies are still to come.
    private(set) var inFlightCount = 0
    /// How many replies the waiting commands will get.
    private(set) var waitingCount = 0
    private(set) var waitingBytes = 0

    init(_ limits: Limits) { self.limits = limits }

    var isEmpty: Bool { waitingCount == 0 && inFlight.isEmpty }

    /// How many entries are kept, those that were called off included.
    var heldEntries: Int { waiting.count + inFlight.count }

    /// A new command's number, larger than those before.
    mutating func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    /// Takes a command; false when there is no room for it.
    mutating func admit(_ request: Request, _ number: UInt64, _ terms: Terms) -> Bool {
        guard waitingCount + terms.replies <= limits.waitingMax,
            waitingBytes + terms.bytes <= limits.waitingBytesMax
        else { return false }
        append(Entry(number: number, terms: terms, request: request, repliesLeft: terms.replies))
        return true
    }

    private mutating func append(_ entry: Entry) {
        waiting.append(entry)
        waitingCount += entry.terms.replies
        waitingBytes += entry.terms.bytes
    }

    /// The next command to be sent, if one may be; it is on its way from then on.
    mutating func sendNext() -> (request: Request, isSafeToRepeat: Bool)? {
        while let next = waiting.first {
            guard let request = next.request else {
                _ = waiting.popFirst()
                dead -= 1
                continue
            }
            // A pipeline larger than the limit goes alone.
            guard inFlightCount == 0 || inFlightCount + next.terms.replies <= limits.inFlightMax,
                var entry = waiting.popFirst()
            else { return nil }
            entry.sends += 1
            waitingCount -= entry.terms.replies
            waitingBytes -= entry.terms.bytes
            inFlightCount += entry.terms.replies
            inFlight.append(entry)
            return (request, entry.terms.isSafeToRepeat)
        }
        return nil
    }

    /// Gives a reply to the command that it belongs to.
    mutating func answer(_ value: RedisValue) -> Answer {
        // Not the whole entry: a second holder of its answers would make each of them copy those before.
        guard let replies = inFlight.first?.terms.replies else { return .unexpected }
        inFlightCount -= 1
        guard replies > 1 else { return .complete(inFlight.popFirst()?.request, value) }
        let isLast = inFlight.update(at: 0) { entry in
            entry.answers.append(value)
            entry.repliesLeft -= 1
            return entry.repliesLeft == 0
        }
        guard isLast == true, let entry = inFlight.popFirst() else { return .partial }
        return .complete(entry.request, .array(entry.answers))
    }

    /// The connection has ended: what is safe to repeat waits again, in its old place, and the rest is given back with
    /// whether it had been repeated before. Nothing waits again when the connection will not come back.
    mutating func lose(forGood: Bool = false) -> [(request: Request, wasRepeated: Bool)] {
        var failed: [(Request, Bool)] = []
        var repeated: [Entry] = []
        for var entry in inFlight.all {
            guard let request = entry.request else { continue }
            guard entry.terms.isSafeToRepeat && entry.sends < limits.sendsMax && !forGood else {
                failed.append((request, entry.sends > 1))
                continue
            }
            entry.answers = []
            entry.repliesLeft = entry.terms.replies
            repeated.append(entry)
        }
        let later = waiting.all.filter { $0.request != nil }
        waiting = Queue()
        inFlight = Queue()
        (dead, inFlightCount, waitingCount, waitingBytes) = (0, 0, 0, 0)
        for entry in repeated + later { append(entry) }
        return failed
    }

    /// Gives back every command that waits, because nothing will be sent any more or soon.
    mutating func refuseWaiting() -> [Request] {
        let requests = waiting.all.compactMap(\.request)
        waiting = Queue()
        (dead, waitingCount, waitingBytes) = (0, 0, 0)
        return requests
    }

    // MARK: - Calling off

    /// A command is not wanted any more. When it is on its way, its answer is awaited for some time yet.
    mutating func callOff(_ number: UInt64, now: ContinuousClock.Instant) -> CallOff {
        if let place = Self.place(of: number, in: inFlight) {
            guard let entry = inFlight[place], let request = entry.request else { return .late }
            abandon(place, now)
            return .sent(request, mustBreakOff: entry.terms.holdsConnection)
        }
        guard let place = Self.place(of: number, in: waiting), let request = withdraw(place) else { return .late }
        tidy()
        return .unsent(request)
    }

    private mutating func abandon(_ place: Int, _ now: ContinuousClock.Instant) {
        let patience = limits.settlingTime
        _ = inFlight.update(at: place) { entry in
            entry.request = nil
            entry.terms.deadline = now + patience
        }
    }

    private mutating func withdraw(_ place: Int) -> Request? {
        guard let entry = waiting[place], let request = entry.request else { return nil }
        _ = waiting.update(at: place) { $0.request = nil }
        dead += 1
        waitingCount -= entry.terms.replies
        waitingBytes -= entry.terms.bytes
        return request
    }

    /// Withdrawn entries must not pile up behind one that waits for long.
    private mutating func tidy() {
        guard dead > 64 && dead * 2 > waiting.count else { return }
        waiting = Queue(waiting.all.filter { $0.request != nil })
        dead = 0
    }

    private static func place(of number: UInt64, in queue: Queue<Entry>) -> Int? {
        var (low, high) = (0, queue.count)
        while low < high {
            let middle = (low + high) / 2
            guard let found = queue[middle]?.number else { return nil }
            if found == number { return middle }
            if found < number { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    // MARK: - Deadlines

    /// The moment when `expire` has something to do; nil when nothing waits and nothing is on its way.
    var nextDeadline: ContinuousClock.Instant? {
        let live = (0..<waiting.count).compactMap { waiting[$0]?.request == nil ? nil : waiting[$0]?.terms.deadline }
        let sent = (0..<inFlight.count).compactMap { inFlight[$0]?.terms.deadline }
        return (live + sent).min()
    }

    /// Calls off what is overdue. `mustBreakOff` says that an answer has been overdue for too long.
    mutating func expire(
        _ now: ContinuousClock.Instant
    ) -> (overdue: [(request: Request, wasSent: Bool)], mustBreakOff: Bool) {
        var overdue: [(Request, Bool)] = []
        var mustBreakOff = false
        for place in 0..<inFlight.count {
            guard let entry = inFlight[place], entry.terms.deadline <= now else { continue }
            mustBreakOff = mustBreakOff || entry.request == nil || entry.terms.holdsConnection
            guard let request = entry.request else { continue }
            abandon(place, now)
            overdue.append((request, true))
        }
        for place in 0..<waiting.count {
            guard let entry = waiting[place], entry.terms.deadline <= now else { continue }
            guard let request = withdraw(place) else { continue }
            overdue.append((request, false))
        }
        tidy()
        return (overdue, mustBreakOff)
    }
}
