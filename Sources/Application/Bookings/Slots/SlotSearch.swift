package import Basics
import Postgres
import Zones

/// Finds free slots: pure, so that a slow and obvious search can be held against it.
///
/// - The service itself lies within the hours of the salon and of every resource that it takes, outside of closures. A
///   resource without hours of its own is there when the salon is.
/// - Its buffers only need to be untaken: somebody may clean up after closing.
/// - A slot begins when the salon's clocks show a multiple of the step. One that comes twice is offered once, the first
///   time; one that never comes is never offered.
/// - Of the free resources of a kind the one is chosen that is least taken on that day, and of those the one with the
///   lowest key.
package struct SlotSearch: Sendable {
    private let question: SlotQuestion
    private let range: Range<Timestamp>
    /// When the salon is there.
    private let open: TimeSpans
    /// The resources of each kind, with when something may begin on each.
    private let kinds: [[Candidate]]
    /// When something may begin on one of each kind.
    private let beginnings: TimeSpans
    /// Whether each kind has something that can be booked.
    private let isPossible: Bool

    private struct Candidate {
        let id: PostgresUUID
        /// When it is there.
        let open: TimeSpans
        /// When the service may begin on it.
        let beginnings: TimeSpans
    }

    /// Looks at the time in which slots may begin. What is taken and closed must be known a day further on both sides.
    package init(_ question: SlotQuestion, beginningIn range: Range<Timestamp>) {
        self.question = question
        self.range = range
        let hours = OpenHours(question, in: range)
        open = hours.salon
        let taken = Dictionary(grouping: question.taken, by: \.resource)
        let groups = Dictionary(grouping: question.resources, by: \.kind).values.map { group in
            let isPreferenceHere = group.contains { $0.id == question.preferred }
            return group.filter { $0.isBookable && (!isPreferenceHere || $0.id == question.preferred) }
        }
        kinds = groups.map { group in
            group.sorted { $0.id < $1.id }.map { resource in
                let open = hours.spans(of: resource.id)
                let blocked = TimeSpans((taken[resource.id] ?? []).map { Self.blocked($0.span, question) })
                return Candidate(
                    id: resource.id, open: open,
                    beginnings: open.beginnings(lasting: question.duration).subtracting(blocked))
            }
        }
        let preferred = question.preferred
        isPossible =
            kinds.allSatisfy { !$0.isEmpty }
            && (preferred.map { id in question.resources.contains { $0.id == id } } ?? true)
        beginnings = isPossible ? Self.common(kinds, open.beginnings(lasting: question.duration)) : TimeSpans()
    }

    /// When nothing may begin because of a time that is taken.
    private static func blocked(_ span: Range<Timestamp>, _ question: SlotQuestion) -> Range<Timestamp> {
        let reach = question.duration.microseconds + question.bufferAfter.microseconds
        // What ends where this begins is not in the way.
        let from = Timestamp(microseconds: span.lowerBound.microseconds - reach + 1)
        return from..<max(from, span.upperBound + question.bufferBefore)
    }

    private static func common(_ kinds: [[Candidate]], _ salon: TimeSpans) -> TimeSpans {
        kinds.reduce(salon) { common, kind in
            common.intersection(TimeSpans(kind.flatMap(\.beginnings.ranges)))
        }
    }

    private var bounds: TimeSpans {
        let from = max(range.lowerBound, question.now + question.rules.notice)
        let until = min(range.upperBound, question.now + question.rules.horizon)
        return from < until ? TimeSpans(CollectionOfOne(from..<until)) : TimeSpans()
    }

    /// The first free slots, in order.
    package func slots(atMost most: Int) -> [FreeSlot] {
        var found: [FreeSlot] = []
        var loads = Loads(question)
        for span in beginnings.intersection(bounds).ranges {
            var reading = nextStep(from: question.zone.wallTime(at: span.lowerBound))
            while found.count < most {
                let moment = question.zone.moment(of: reading)
                guard moment.orNext < span.upperBound else { break }
                if let start = moment.agreed, start >= span.lowerBound {
                    found.append(slot(start, reading, &loads))
                }
                reading = reading + question.rules.step
                // The steps are counted from each day's midnight.
                if reading.sinceMidnight < question.rules.step { reading = WallTime(reading.date) }
            }
        }
        return found
    }

    /// Whether the service can be had at a moment, and with what; or why not. `anyTime` asks only whether what it needs
    /// exists and is untaken, for the salon's own people.
    package func slot(at start: Timestamp, anyTime: Bool = false) -> Result<FreeSlot, SlotRefusal> {
        guard isPossible else { return .failure(.noResource) }
        let reading = question.zone.wallTime(at: start)
        if !anyTime {
            if start < question.now + question.rules.notice { return .failure(.tooSoon) }
            if start >= question.now + question.rules.horizon { return .failure(.tooFar) }
            if nextStep(from: reading) != reading { return .failure(.offStep) }
            let isOpen = kinds.allSatisfy {
                $0.contains { $0.open.beginnings(lasting: question.duration).contains(start) }
            }
            guard isOpen, open.beginnings(lasting: question.duration).contains(start) else { return .failure(.closed) }
        }
        var loads = Loads(question)
        var chosen: [PostgresUUID] = []
        for kind in kinds {
            let free = kind.filter { anyTime ? isUntaken($0.id, start) : $0.beginnings.contains(start) }
            guard let best = loads.least(free.map(\.id), on: reading.date) else { return .failure(.taken) }
            chosen.append(best)
        }
        return .success(
            FreeSlot(start: start, end: start + question.duration, localStart: reading, resources: chosen.sorted()))
    }

    private func isUntaken(_ resource: PostgresUUID, _ start: Timestamp) -> Bool {
        !question.taken.contains { $0.resource == resource && Self.blocked($0.span, question).contains(start) }
    }

    private func slot(_ start: Timestamp, _ reading: WallTime, _ loads: inout Loads) -> FreeSlot {
        let resources = kinds.compactMap { kind in
            loads.least(kind.filter { $0.beginnings.contains(start) }.map(\.id), on: reading.date)
        }
        return FreeSlot(
            start: start, end: start + question.duration, localStart: reading, resources: resources.sorted())
    }

    private func nextStep(from reading: WallTime) -> WallTime {
        let step = question.rules.step.microseconds
        let since = reading.sinceMidnight.microseconds
        let next = (since + step - 1) / step * step
        return next >= 86_400_000_000 ? WallTime(reading.date + 1) : WallTime(reading.date) + .microseconds(next)
    }
}

/// How much is taken of each resource on a day, counted when it is first asked for.
private struct Loads {
    private let question: SlotQuestion
    private let taken: [PostgresUUID?: [OccupiedTime]]
    private var known: [CivilDate: [PostgresUUID: Int64]] = [:]

    init(_ question: SlotQuestion) {
        self.question = question
        taken = Dictionary(grouping: question.taken, by: \.resource)
    }

    mutating func least(_ resources: [PostgresUUID], on date: CivilDate) -> PostgresUUID? {
        guard resources.count > 1 else { return resources.first }
        return resources.map { (load: load($0, on: date), id: $0) }.min { $0 < $1 }?.id
    }

    private mutating func load(_ resource: PostgresUUID, on date: CivilDate) -> Int64 {
        if let load = known[date]?[resource] { return load }
        let day = question.zone.moments(from: WallTime(date), until: WallTime(date + 1))
        var load: Int64 = 0
        for span in (taken[resource] ?? []).map(\.span) {
            for part in day {
                load += (span.clamped(to: part).upperBound - span.clamped(to: part).lowerBound).microseconds
            }
        }
        known[date, default: [:]][resource] = load
        return load
    }
}
