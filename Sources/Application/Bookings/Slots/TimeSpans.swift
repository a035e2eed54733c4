package import Basics

/// A set of moments as spans that do not touch each other, in order.
package struct TimeSpans: Hashable, Sendable {
    /// The spans.
    package private(set) var ranges: [Range<Timestamp>]

    /// The moments that are in any of some spans.
    package init(_ spans: some Sequence<Range<Timestamp>> = EmptyCollection()) {
        ranges = []
        for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) where !span.isEmpty {
            if let last = ranges.last, last.upperBound >= span.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                ranges.append(span)
            }
        }
    }

    private init(ordered ranges: [Range<Timestamp>]) { self.ranges = ranges }

    /// Whether a moment is in it.
    package func contains(_ moment: Timestamp) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= moment { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= moment
    }

    /// The moments of either.
    package func union(_ other: TimeSpans) -> TimeSpans { TimeSpans(ranges + other.ranges) }

    /// The moments of both.
    package func intersection(_ other: TimeSpans) -> TimeSpans {
        var (found, left, right) = ([Range<Timestamp>](), 0, 0)
        while left < ranges.count, right < other.ranges.count {
            let common = ranges[left].clamped(to: other.ranges[right])
            if !common.isEmpty { found.append(common) }
            if ranges[left].upperBound < other.ranges[right].upperBound { left += 1 } else { right += 1 }
        }
        return TimeSpans(ordered: found)
    }

    /// The moments that are not in the other one.
    package func subtracting(_ other: TimeSpans) -> TimeSpans {
        var (found, next) = ([Range<Timestamp>](), 0)
        for range in ranges {
            var start = range.lowerBound
            while next < other.ranges.count, other.ranges[next].upperBound <= start { next += 1 }
            var index = next
            while index < other.ranges.count, other.ranges[index].lowerBound < range.upperBound {
                if start < other.ranges[index].lowerBound { found.append(start..<other.ranges[index].lowerBound) }
                start = max(start, other.ranges[index].upperBound)
                index += 1
            }
            if start < range.upperBound { found.append(start..<range.upperBound) }
        }
        return TimeSpans(ordered: found)
    }

    /// The moments at which something may begin that takes so long and must stay within a span.
    package func beginnings(lasting duration: Duration) -> TimeSpans {
        TimeSpans(
            ordered: ranges.compactMap { range in
                // The last beginning is one itself.
                let end = Timestamp(microseconds: range.upperBound.microseconds - duration.microseconds + 1)
                return range.lowerBound < end ? range.lowerBound..<end : nil
            })
    }
}
