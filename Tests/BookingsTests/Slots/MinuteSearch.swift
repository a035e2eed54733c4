import Basics
import Postgres
import TestSupport
import Testing
import Zones

@testable import Bookings

/// The slow and obvious search: it asks of every minute who is there and what is taken.
struct MinuteSearch {
    private(set) var slots: [FreeSlot] = []

    /// What a stretch of minutes is like, one after the other, and for each resource in its place.
    private struct Minutes {
        let first: Timestamp
        let readings: [WallTime]
        let open: [Bool]
        let there: [[Bool]]
        let taken: [[Bool]]

        init(_ question: SlotQuestion, from first: Timestamp, count: Int) {
            self.first = first
            let readings = (0..<count).map { question.zone.wallTime(at: first + .seconds(60 * $0)) }
            self.readings = readings
            func within(_ hours: [OpeningSpan]) -> [Bool] {
                readings.map { reading in
                    let (date, time) = (reading.date, reading.sinceMidnight)
                    return hours.contains {
                        $0.weekday == date.weekday && ($0.validFrom ?? date) <= date && date <= ($0.validUntil ?? date)
                            && $0.opens <= time && time < $0.closes
                    }
                }
            }
            func during(_ spans: [Range<Timestamp>]) -> [Bool] {
                (0..<count).map { index in spans.contains { $0.contains(first + .seconds(60 * index)) } }
            }
            func closed(_ resource: PostgresUUID?) -> [Bool] {
                during(question.closures.filter { $0.resource == resource }.map(\.span))
            }
            let salon = zip(within(question.hours.filter { $0.resource == nil }), closed(nil)).map { $0 && !$1 }
            open = salon
            there = question.resources.map { resource in
                let own = question.hours.filter { $0.resource == resource.id }
                let hours = own.isEmpty ? salon : within(own)
                return zip(zip(salon, hours), closed(resource.id)).map { $0.0 && $0.1 && !$1 }
            }
            taken = question.resources.map { resource in
                during(question.taken.filter { $0.resource == resource.id }.map(\.span))
            }
        }
    }

    init(_ question: SlotQuestion, _ range: Range<Timestamp>) {
        if let preferred = question.preferred, !question.resources.contains(where: { $0.id == preferred }) { return }
        // A day on both sides, for buffers, for what lasts and for what a day has taken.
        let count = Int((range.upperBound - range.lowerBound).microseconds / 60_000_000)
        let minutes = Minutes(question, from: range.lowerBound + .seconds(-86_400), count: count + 2 * 1440)
        for index in 1440..<(1440 + count) where Self.mayBegin(index, minutes, question) {
            let chosen = Self.choice(index, minutes, question)
            guard chosen.allSatisfy({ $0 != nil }) else { continue }
            let start = minutes.first + .seconds(60 * index)
            slots.append(
                FreeSlot(
                    start: start, end: start + question.duration, localStart: minutes.readings[index],
                    resources: chosen.compactMap(\.self).sorted()))
        }
    }

    private static func mayBegin(_ index: Int, _ minutes: Minutes, _ question: SlotQuestion) -> Bool {
        let (start, reading) = (minutes.first + .seconds(60 * index), minutes.readings[index])
        return start >= question.now + question.rules.notice && start < question.now + question.rules.horizon
            && reading.sinceMidnight.microseconds % question.rules.step.microseconds == 0
            && question.zone.moment(of: reading).agreed == start
            && minutes.open[index..<(index + Int(question.duration.seconds) / 60)].allSatisfy(\.self)
    }

    private static func choice(_ index: Int, _ minutes: Minutes, _ question: SlotQuestion) -> [PostgresUUID?] {
        let end = index + Int(question.duration.seconds) / 60
        let occupied =
            (index - Int(question.bufferBefore.seconds) / 60)..<(end + Int(question.bufferAfter.seconds) / 60)
        let date = minutes.readings[index].date
        return Dictionary(grouping: question.resources.indices, by: { question.resources[$0].kind }).values.map {
            group in
            let preferred = group.filter { question.resources[$0].id == question.preferred }
            let free = (preferred.isEmpty ? group : preferred).filter { place in
                question.resources[place].isBookable && minutes.there[place][index..<end].allSatisfy(\.self)
                    && !minutes.taken[place][occupied].contains(true)
            }
            let loads = free.map { place in
                let load = zip(minutes.readings, minutes.taken[place]).count { $1 && $0.date == date }
                return (load, question.resources[place].id)
            }
            return loads.min { $0 < $1 }?.1
        }
    }
}
