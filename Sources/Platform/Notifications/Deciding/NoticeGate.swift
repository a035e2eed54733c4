package import Basics

/// Decides which notices are told, and by which ways. It sends nothing.
///
/// Invariants:
/// - A trouble, known by its key, is told once to each channel that its severity concerns, again when it has become
///   worse, and again when it goes on for longer than `repeatAfter`.
/// - Its end is told to the channels that were told of it, once, and to no other.
/// - Slack and e-mail get at most `perHourMax` messages in any hour, ends aside. What is held back counts as not told, so
///   that it is told when it is reported again later; so does what could not be delivered.
///
/// Callers may report a trouble as often as they look at it. One that nobody has reported for a week is forgotten.
package struct NoticeGate: Equatable, Sendable {
    struct Trouble: Equatable, Sendable {
        /// What each channel was told.
        var told: [NotificationChannel: Told] = [:]
        var lastReported: Timestamp
        var repetitions = 0
    }

    /// What a channel knows of a trouble.
    struct Told: Equatable, Sendable {
        /// When it was told last.
        var at: Timestamp
        /// The worst that it was told.
        var severity: Notice.Severity
    }

    private static let troublesMax = 1000
    private static let memory = Duration.seconds(8 * 86_400)

    /// What is told to whom, and how often.
    package var policy: NoticePolicy
    var troubles: [String: Trouble] = [:]
    /// When Slack and e-mail were told something within the last hour.
    var recent: [Timestamp] = []
    /// The troubles that were held back since the last message.
    var heldBack: Set<String> = []

    /// A gate that has heard of nothing yet.
    package init(_ policy: NoticePolicy) { self.policy = policy }

    /// Takes a notice; what is to be told, nil when nothing is.
    package mutating func admit(_ notice: Notice, at now: Timestamp) -> Telling? {
        forget(now)
        return notice.isResolved ? end(notice) : report(notice, now)
    }

    /// Takes back that a channel was told something, because it could not be.
    package mutating func failed(_ telling: Telling, over channel: NotificationChannel) {
        let notice = telling.notice
        guard notice.isResolved else {
            troubles[notice.key]?.told[channel] = telling.before[channel]
            return
        }
        // Reported again, the end finds the channel that does not know of it yet.
        var trouble = troubles[notice.key] ?? Trouble(lastReported: notice.at)
        trouble.told[channel] = Told(at: notice.at, severity: notice.severity)
        troubles[notice.key] = trouble
    }

    private mutating func end(_ notice: Notice) -> Telling? {
        heldBack.remove(notice.key)
        guard let trouble = troubles.removeValue(forKey: notice.key),
            let worst = trouble.told.values.map(\.severity).max()
        else { return nil }
        var telling = Telling(notice, over: policy.channels.intersection(trouble.told.keys))
        telling.notice.severity = worst
        return telling.channels.isEmpty ? nil : telling
    }

    private mutating func report(_ notice: Notice, _ now: Timestamp) -> Telling? {
        var trouble = troubles[notice.key] ?? Trouble(lastReported: now)
        trouble.lastReported = now
        var due = policy.channels(for: notice.severity).filter { channel in
            guard let told = trouble.told[channel] else { return true }
            return notice.severity > told.severity || now - told.at >= policy.repeatAfter
        }
        let isQuiet: (NotificationChannel) -> Bool = { $0 != .pagerduty }
        if recent.count >= policy.perHourMax, due.contains(where: isQuiet) {
            due.formIntersection([.pagerduty])
            if heldBack.count < Self.troublesMax { heldBack.insert(notice.key) }
        }
        guard !due.isEmpty else {
            trouble.repetitions += trouble.told.isEmpty ? 0 : 1
            troubles[notice.key] = trouble
            return nil
        }
        var telling = Telling(notice, over: due)
        telling.repetitions = trouble.repetitions
        if due.contains(where: isQuiet) {
            recent.append(now)
            telling.heldBack = heldBack.subtracting([notice.key]).count
            heldBack = []
        }
        telling.before = trouble.told
        for channel in due {
            let worst = max(notice.severity, trouble.told[channel]?.severity ?? notice.severity)
            trouble.told[channel] = Told(at: now, severity: worst)
        }
        trouble.repetitions = 0
        troubles[notice.key] = trouble
        return telling
    }

    /// Drops what is too old to matter, and what a clock that was set back has put into the future.
    private mutating func forget(_ now: Timestamp) {
        recent.removeAll { $0 > now || now - $0 >= .seconds(3600) }
        let memory = max(Self.memory, policy.repeatAfter * 2)
        troubles = troubles.filter { now - $0.value.lastReported < memory }
        for (key, trouble) in troubles where trouble.told.values.contains(where: { $0.at > now }) {
            troubles[key]?.told = trouble.told.mapValues { Told(at: min($0.at, now), severity: $0.severity) }
        }
        while troubles.count >= Self.troublesMax,
            let oldest = troubles.min(by: { $0.value.lastReported < $1.value.lastReported })
        {
            troubles[oldest.key] = nil
        }
    }
}
