import Backups
import Basics
import TestSupport
import Testing

@Suite struct PortableRetentionTests {
    private let policy = RetentionPolicy(daily: 7, weekly: 30, monthly: 365)
    private let day = Duration.seconds(86_400)
    private let begin = Timestamp(seconds: 1_795_230_000)

    private func names(_ days: some Sequence<Int>, _ database: String = "salons") -> [PortableName] {
        days.map { PortableName(database: database, begun: begin + day * $0) }
    }

    @Test("Days, first dumps of weeks and of months stay, each for its time")
    func spread() {
        let plan = PortableRetention(of: names(-400...0).shuffled(), policy: policy, now: begin + .seconds(600))
        let kept = plan.decisions.filter { if case .keep = $0.verdict { true } else { false } }.map(\.name.begun)
        #expect(kept.suffix(7) == names(-6...0).map(\.begun))
        #expect(
            kept.dropLast(7).suffix(3).map { String($0.rfc3339Seconds.prefix(10)) } == [
                "2026-11-01", "2026-11-02", "2026-11-09",
            ])
        let months = kept.filter { ($0 + day * -1).month != $0.month }.map(\.month)
        #expect(months.count == 12 && Set(months).count == 12)
        #expect((20...24).contains(kept.count))
        #expect(plan.expired == plan.expired.sorted())
    }

    @Test("Each database keeps its newest dump, and nothing goes while no new ones come")
    func newest() {
        let all = names([-900], "old") + names([-900, -899], "older") + names(-3...0)
        for now in [begin, begin + day * 4000] {
            let plan = PortableRetention(of: all, policy: policy, now: now)
            #expect(plan.expired.isEmpty)
        }
        #expect(PortableRetention(of: [], policy: policy, now: begin).decisions.isEmpty)
    }

    @Test("For years of dumps with gaps, planning each day keeps what the policy says and no more")
    func years() {
        var generator = SeededGenerator()
        var there: [PortableName] = []
        var weeks: [CalendarWeek: PortableName] = [:]
        var months: [CalendarMonth: PortableName] = [:]
        for number in 0..<1200 where Int.random(in: 0..<8, using: &generator) > 0 {
            let now = begin + day * number
            let name = PortableName(database: "salons", begun: now)
            there.append(name)
            weeks[now.week] = weeks[now.week] ?? name
            months[now.month] = months[now.month] ?? name
            let gone = Set(PortableRetention(of: there, policy: policy, now: now).expired)
            there.removeAll { gone.contains($0) }
            let recent = weeks.values.filter { $0.begun > now + day * -30 }
            let old = months.values.filter { $0.begun > now + day * -365 }
            #expect(recent.allSatisfy(there.contains) && old.allSatisfy(there.contains), generator.note)
            #expect(there.count <= 7 + 5 + 13, generator.note)
        }
    }
}
