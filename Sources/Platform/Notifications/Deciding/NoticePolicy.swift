/// What is told to whom, and how often.
package struct NoticePolicy: Equatable, Sendable {
    /// The channels that there are.
    package var channels: Set<NotificationChannel>
    /// The least that Slack and e-mail are told; PagerDuty is told what is critical.
    package var level = Notice.Severity.warning
    /// How long after it was told a trouble that goes on is told again.
    package var repeatAfter = Duration.seconds(4 * 3600)
    /// How many messages an hour Slack and e-mail get, ends of troubles not counted. PagerDuty groups by itself, and what
    /// is critical is never held back from it.
    package var perHourMax = 30

    /// The usual policy for some channels.
    package init(channels: Set<NotificationChannel>) { self.channels = channels }

    /// The channels that are told something of a severity.
    func channels(for severity: Notice.Severity) -> Set<NotificationChannel> {
        channels.filter { $0 == .pagerduty ? severity == .critical : severity >= level }
    }
}

/// A notice on its way to people.
package struct Telling: Equatable, Sendable {
    /// What is told.
    package var notice: Notice
    /// By which ways.
    package var channels: Set<NotificationChannel>
    /// How often it was reported since it was told last, without having been told.
    package var repetitions = 0
    /// How many other troubles were held back since the last message, because there were too many.
    package var heldBack = 0
    /// What the channels knew before, which holds again where it cannot be told.
    var before: [NotificationChannel: NoticeGate.Told] = [:]

    /// A notice for some channels.
    package init(_ notice: Notice, over channels: Set<NotificationChannel>) {
        self.notice = notice
        self.channels = channels
    }

    /// The facts of the notice, and those of the telling.
    var fields: [Notice.Field] {
        var fields = notice.fields
        if repetitions > 0 { fields.append(Notice.Field("Reported since it was told last", "\(repetitions) times")) }
        if heldBack > 0 { fields.append(Notice.Field("Other troubles held back", "\(heldBack)")) }
        return fields
    }
}
