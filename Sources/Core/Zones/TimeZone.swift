public import Basics

/// A time zone of the IANA database: what clocks of a place show at a moment, and which moment a reading of them is.
///
/// Readings are not moments: when clocks are put forward some never come (a gap), when they are put back some come twice
/// (a fold). `LocalMoment` says which it is, and the caller decides.
public struct TimeZone: Sendable {
    /// Its name in the database, like `Europe/Berlin`.
    public let name: String
    /// When the offset changes, in seconds since 1970, and to what; ascending.
    let changes: [ZoneChange]
    /// The offset before the first change.
    let firstOffset: Int
    /// What holds behind the last change.
    let rule: YearlyRule?

    /// No place is further from UTC than this, and none ever was.
    static let offsetMax = 26 * 3600

    /// How many seconds its clocks are ahead of UTC at a moment.
    public func offset(at moment: Timestamp) -> Int { offset(atSecond: moment.wholeSeconds) }

    func offset(atSecond second: Int64) -> Int {
        guard let last = changes.last, second < last.second else {
            return rule?.offset(at: second) ?? changes.last?.offset ?? firstOffset
        }
        let index = changes.firstIndex(after: second)
        return index == 0 ? firstOffset : changes[index - 1].offset
    }

    /// What its clocks show at a moment.
    public func wallTime(at moment: Timestamp) -> WallTime {
        let ahead = Int64(offset(at: moment)) * 1_000_000
        let (reading, isTooFar) = moment.microseconds.addingReportingOverflow(ahead)
        return WallTime(microseconds: isTooFar ? moment.microseconds : reading)
    }

    /// Which moment a reading of its clocks is.
    public func moment(of reading: WallTime) -> LocalMoment {
        let stretches = stretches(around: reading, reading)
        var found: Timestamp?
        var later: Timestamp?
        for (number, stretch) in stretches.enumerated() {
            let moment = reading.moment(ahead: stretch.offset)
            guard moment < stretch.until else { continue }
            if moment >= stretch.from {
                if found == nil { found = moment } else { later = moment }
            } else if found == nil, number > 0 {
                let edge = stretch.from
                return .gap(
                    ZoneGap(
                        at: edge, from: edge.wallTime(ahead: stretches[number - 1].offset),
                        until: edge.wallTime(ahead: stretch.offset)))
            }
        }
        let single = found ?? reading.moment(ahead: firstOffset)
        return later.map { .fold(earlier: single, later: $0) } ?? .single(single)
    }

    /// All moments at which its clocks show a reading from one to before another: none in a gap, and in a fold those of
    /// both runs.
    public func moments(from: WallTime, until: WallTime) -> [Range<Timestamp>] {
        guard from < until else { return [] }
        var found: [Range<Timestamp>] = []
        for stretch in stretches(around: from, until) {
            let start = max(stretch.from, from.moment(ahead: stretch.offset))
            let end = min(stretch.until, until.moment(ahead: stretch.offset))
            guard start < end else { continue }
            if let last = found.last, last.upperBound == start {
                found[found.count - 1] = last.lowerBound..<end
            } else {
                found.append(start..<end)
            }
        }
        return found
    }

    /// The first moment of a day; nil for one that the place left out.
    public func start(of day: CivilDate) -> Timestamp? {
        moments(from: WallTime(day), until: WallTime(day + 1)).first?.lowerBound
    }

    /// The times between changes that readings may fall into, in order and without holes.
    private func stretches(around first: WallTime, _ last: WallTime) -> [Stretch] {
        let from = first.wholeSeconds - Int64(Self.offsetMax)
        let until = last.wholeSeconds + Int64(Self.offsetMax)
        var stretches: [Stretch] = []
        var (start, offset) = (Timestamp(microseconds: .min), offset(atSecond: from))
        for change in changes(from: from, until: until) where change.offset != offset {
            let second = Timestamp(seconds: change.second)
            stretches.append(Stretch(from: start, until: second, offset: offset))
            (start, offset) = (second, change.offset)
        }
        stretches.append(Stretch(from: start, until: Timestamp(microseconds: .max), offset: offset))
        return stretches
    }

    private func changes(from: Int64, until: Int64) -> [ZoneChange] {
        var found = changes[changes.firstIndex(after: from)..<changes.firstIndex(after: until)]
        let last = changes.last?.second ?? .min
        if let rule, until > last {
            found += rule.changes(from: max(from, last), until: until)
        }
        return Array(found)
    }
}

/// A moment from which on a zone has another offset.
struct ZoneChange: Hashable {
    let second: Int64
    let offset: Int
}

/// A time in which the offset stays the same.
private struct Stretch {
    let from: Timestamp
    let until: Timestamp
    let offset: Int
}

extension [ZoneChange] {
    /// Where the first one stands that is later than a moment.
    func firstIndex(after second: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].second <= second { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Timestamp {
    /// Whole seconds since 1970, rounded down.
    fileprivate var wholeSeconds: Int64 { flooredSeconds(microseconds) }

    fileprivate func wallTime(ahead offset: Int) -> WallTime {
        WallTime(microseconds: microseconds + Int64(offset) * 1_000_000)
    }
}

extension WallTime {
    fileprivate var wholeSeconds: Int64 { flooredSeconds(microseconds) }

    fileprivate func moment(ahead offset: Int) -> Timestamp {
        let (count, isTooFar) = microseconds.subtractingReportingOverflow(Int64(offset) * 1_000_000)
        return Timestamp(microseconds: isTooFar ? microseconds : count)
    }
}

/// Rounded down, and no further from 1970 than can be reckoned with: 139,000 years.
private func flooredSeconds(_ microseconds: Int64) -> Int64 {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return min(max(remainder < 0 ? quotient - 1 : quotient, -1 << 42), 1 << 42)
}
