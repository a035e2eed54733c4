public import Basics

/// A measured number, what is asked of it, and the runs that it comes from.
public struct MeasuredFigure: Equatable, Sendable {
    /// One run.
    public struct Run: Equatable, Sendable {
        /// What was measured.
        public var value: Double
        /// The yardstick's in the same run; nil where there is none.
        public var yardstick: Double?

        /// Describes a run.
        public init(_ value: Double, yardstick: Double? = nil) {
            self.value = value
            self.yardstick = yardstick
        }

        /// What was measured divided by the yardstick's.
        public var ratio: Double? { yardstick.map { value / $0 } }
    }

    /// What a figure is measured against.
    public struct Yardstick: Equatable, Sendable {
        /// Whose number it is.
        public var name: String
        /// The number.
        public var value: Double
        /// Ours divided by it.
        public var ratio: Double

        /// Describes a yardstick.
        public init(_ name: String, value: Double, ratio: Double) {
            self.name = name
            self.value = value
            self.ratio = ratio
        }
    }

    /// The name, like `failover.node.first_write.worst`.
    public var name: String
    /// What the runs come to.
    public var value: Double
    /// What it is counted in, like `s`.
    public var unit: String
    /// What it is measured against; nil where it stands for itself.
    public var yardstick: Yardstick?
    /// What it must reach; nil for a number that is only shown.
    public var floor: Double?
    /// What it should reach.
    public var aim: Double?
    /// Whether the floor holds; nil where there is none.
    public var holds: Bool?
    /// The runs in their order.
    public var runs: [Run]

    /// Describes a figure.
    public init(
        _ name: String, value: Double, unit: String, yardstick: Yardstick? = nil, floor: Double? = nil,
        aim: Double? = nil, holds: Bool? = nil, runs: [Run] = []
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.yardstick = yardstick
        self.floor = floor
        self.aim = aim
        self.holds = holds
        self.runs = runs
    }

    /// A figure without a yardstick, of which less is better.
    public init(
        _ name: String, value: Double, unit: String, atMost floor: Double?, aim: Double? = nil, runs: [Double] = []
    ) {
        self.init(
            name, value: value, unit: unit, floor: floor, aim: aim, holds: floor.map { value <= $0 },
            runs: runs.map { Run($0) })
    }

    /// The documented form; what is measured against a yardstick has that too.
    public var json: JSON {
        var members = [
            JSON.Member("name", .string(name)), JSON.Member("value", .number(value)),
            JSON.Member("unit", .string(unit)),
        ]
        if let yardstick {
            members += [
                JSON.Member("yardstick", .string(yardstick.name)),
                JSON.Member("yardstick_value", .number(yardstick.value)),
                JSON.Member("ratio", .number(yardstick.ratio)),
            ]
        }
        members += [
            JSON.Member("floor", floor.map(JSON.number) ?? .null), JSON.Member("aim", aim.map(JSON.number) ?? .null),
            JSON.Member("holds", holds.map(JSON.bool) ?? .null), JSON.Member("runs", .array(runs.map(\.json))),
        ]
        return .object(members)
    }
}

extension MeasuredFigure.Run {
    fileprivate var json: JSON {
        guard let yardstick, let ratio else { return ["value": .number(value)] }
        return ["value": .number(value), "yardstick": .number(yardstick), "ratio": .number(ratio)]
    }
}
