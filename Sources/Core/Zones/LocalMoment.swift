public import Basics

/// Which moment a reading of a place's clocks is.
public enum LocalMoment: Hashable, Sendable {
    /// It comes once, as most do.
    case single(Timestamp)
    /// It never comes: the clocks are put forward past it.
    case gap(ZoneGap)
    /// It comes twice: the clocks are put back behind it.
    case fold(earlier: Timestamp, later: Timestamp)

    /// The moment, the earlier one where there are two; nil in a gap. That is the rule for whatever people agree on: a
    /// time that never comes is refused, and of two nobody is late who comes for the first.
    public var agreed: Timestamp? {
        switch self {
        case .single(let moment), .fold(let moment, _): moment
        case .gap: nil
        }
    }

    /// The moment, the earlier one where there are two, and in a gap the one at which the clocks are put forward: for
    /// what has to happen by then and not exactly then.
    public var orNext: Timestamp {
        switch self {
        case .single(let moment), .fold(let moment, _): moment
        case .gap(let gap): gap.at
        }
    }
}

/// Readings that never come because clocks are put forward past them.
public struct ZoneGap: Hashable, Sendable {
    /// When the clocks are put forward.
    public let at: Timestamp
    /// What they would show then.
    public let from: WallTime
    /// What they show instead: the first reading that comes again.
    public let until: WallTime
}
