import Basics

/// One piece of work that Parlor and its yardsticks do in turns, and what of it is compared.
struct Comparison: Sendable {
    /// The beginning of its figures' names, like `http.get`.
    let name: String
    let parlor: Contender
    let yardsticks: [Yardstick]

    /// A contender to be measured against, and what is asked of the ratios to it.
    struct Yardstick: Sendable {
        let contender: Contender
        let goals: [Goal]

        init(_ contender: Contender, _ goals: Goal...) {
            self.contender = contender
            self.goals = goals
        }
    }

    /// Everybody takes a turn in each run; the order changes by the seed.
    func measure(runs: Int, turn: Duration, using generator: inout SeededRandom) async throws -> [Figure] {
        var samples = [[Sample]](repeating: [], count: yardsticks.count + 1)
        let contenders = [parlor] + yardsticks.map(\.contender)
        for _ in 0..<runs {
            for index in contenders.indices.shuffled(using: &generator) {
                samples[index].append(try await contenders[index].turn(turn))
            }
        }
        return yardsticks.enumerated().flatMap { index, yardstick in
            yardstick.goals.map { goal in
                Figure(name, goal, of: samples[0], against: samples[index + 1], of: yardstick.contender.name)
            }
        }
    }
}

/// What of a sample is compared, and how the ratio to the yardstick should be.
struct Goal: Sendable {
    let aspect: Aspect
    /// Below this (above, where less is better) the figure does not hold.
    let floor: Double?
    /// What we want to reach.
    let aim: Double?

    static func rate(floor: Double, aim: Double) -> Goal { Goal(aspect: .rate, floor: floor, aim: aim) }
    /// How many operations there are in a second, with nothing that must hold.
    static func rate(aim: Double) -> Goal { Goal(aspect: .rate, floor: nil, aim: aim) }
    static func processorTime(floor: Double, aim: Double) -> Goal {
        Goal(aspect: .processorTime, floor: floor, aim: aim)
    }
    static func memory(floor: Double, aim: Double) -> Goal { Goal(aspect: .memory, floor: floor, aim: aim) }
    static func throughput(floor: Double, aim: Double) -> Goal { Goal(aspect: .throughput, floor: floor, aim: aim) }
    static func time(floor: Double, aim: Double) -> Goal { Goal(aspect: .time, floor: floor, aim: aim) }
    static func age(floor: Double, aim: Double) -> Goal { Goal(aspect: .ageWorst, floor: floor, aim: aim) }
    static func tail(floor: Double? = nil, aim: Double) -> Goal { Goal(aspect: .tail, floor: floor, aim: aim) }
    /// Shown beside the others, with nothing asked of it.
    static func shown(_ aspect: Aspect) -> Goal { Goal(aspect: aspect, floor: nil, aim: nil) }
}

/// One of the numbers of a sample.
enum Aspect: Sendable {
    case rate, processorTime, median, tail, memory, connecting
    /// Operations are bytes.
    case throughput
    case time, ageMedian, ageWorst

    var isBetterWhenLess: Bool { self != .rate && self != .throughput }

    /// The end of a figure's name.
    var suffix: String {
        switch self {
        case .rate, .throughput: ""
        case .processorTime: ".cpu"
        case .median: ".p50"
        case .tail: ".p99"
        case .memory: ".memory"
        case .connecting: ".connect"
        case .time: ".time"
        case .ageMedian: ".median"
        case .ageWorst: ".worst"
        }
    }

    var unit: String {
        switch self {
        case .rate: "1/s"
        case .processorTime: "us"
        case .median, .tail, .connecting: "ms"
        case .memory: "MB"
        case .throughput: "MB/s"
        case .time, .ageMedian, .ageWorst: "s"
        }
    }

    func value(of sample: Sample) -> Double? {
        switch self {
        case .rate: sample.rate
        case .processorTime: sample.processorTime
        case .median: sample.median
        case .tail: sample.tail
        case .memory: sample.memory
        case .connecting: sample.connecting
        case .throughput: sample.rate / 1e6
        case .time: sample.elapsed
        case .ageMedian: sample.ageMedian
        case .ageWorst: sample.ageWorst
        }
    }
}
