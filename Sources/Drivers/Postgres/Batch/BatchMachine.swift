/// Decides which rows go together, on which connection, and what becomes of each. It performs nothing and knows no
/// clock.
///
/// Invariants:
/// - A lane has one batch on its way at a time; the next one starts when its Sync has answered, with whatever waits
///   then. Rows go in the order in which they came.
/// - A row is answered once. It has succeeded when the Sync of a batch with it in it said so.
/// - A batch that the server refuses for a row's sake was rolled back: its halves go again, on the same lane and before
///   others, until the row stands alone.
///
/// On failure: rows on their way on a lane that breaks have an unknown outcome and are not repeated; those that wait,
/// halves included, go on waiting for a lane.
struct BatchMachine: Sendable {
    /// What has happened.
    enum Event: Equatable, Sendable {
        /// A row came; rows are numbered in the order in which they come.
        case submit(row: Int, bytes: Int)
        /// Nobody waits for a row any more.
        case withdraw(row: Int)
        /// A lane has a connection.
        case ready(lane: Int)
        /// A lane's batch was answered.
        case answered(lane: Int, Answer)
        /// A lane's connection broke.
        case lost(lane: Int)
        /// The tick in which rows came is over.
        case tick
        /// Connecting fails for good, or time is up: nothing that waits will be written.
        case giveUp
        /// Take no more rows.
        case stop
    }

    /// What the server made of a batch.
    enum Answer: Equatable, Sendable {
        /// All of it is committed.
        case committed
        /// It was rolled back, perhaps because of one row.
        case refused
        /// It was rolled back for a reason that has nothing to do with rows.
        case failed
    }

    /// What to do.
    enum Action: Equatable, Sendable {
        /// Send the rows as one batch, then report `answered` or `lost`.
        case send(lane: Int, rows: [Int])
        /// The rows are committed.
        case succeed([Int])
        /// The rows failed with the lane's last answer.
        case fail([Int])
        /// The lane broke with the rows on their way.
        case doubt([Int])
        /// The rows were never sent, and will not be.
        case drop([Int])
        /// There is no room for the row, or no more rows are taken.
        case refuse(row: Int, isStopping: Bool)
        /// Nothing waits, and nothing more will come.
        case finish
    }

    private struct Lane: Sendable {
        var isReady = false
        var onTheirWay: [Int] = []
        /// Halves that still have to go, the next one last.
        var halves: [[Int]] = []
    }

    private struct Waiting: Sendable {
        var row: Int
        var bytes: Int
    }

    private let limits: BatchLimits
    private var lanes: [Lane]
    private var waiting: [Waiting] = []
    private var isStopping = false
    private var isFinished = false
    /// Batches sent so far, halves included.
    private(set) var batches = 0

    init(_ limits: BatchLimits) {
        self.limits = limits
        lanes = Array(repeating: Lane(), count: limits.connections)
    }

    var waitingCount: Int { waiting.count }

    /// Takes what has happened and says what to do.
    mutating func handle(_ event: Event) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .submit(let row, let bytes):
            guard !isStopping, waiting.count < limits.waitingMax else {
                return [.refuse(row: row, isStopping: isStopping)]
            }
            waiting.append(Waiting(row: row, bytes: bytes))
            // Sent with the tick, so that rows which come together go together, unless they are a crowd by now.
            guard isCrowd else { return [] }
        case .withdraw(let row): withdraw(row, &actions)
        case .ready(let lane): lanes[lane].isReady = true
        case .answered(let lane, let answer): answered(lane, answer, &actions)
        case .lost(let lane): lost(lane, &actions)
        case .tick: break
        case .giveUp:
            let rows = lanes.flatMap { $0.halves.reversed().joined() } + waiting.map(\.row)
            for lane in lanes.indices { lanes[lane].halves = [] }
            waiting = []
            if !rows.isEmpty { actions.append(.drop(rows)) }
        case .stop: isStopping = true
        }
        for lane in lanes.indices { send(lane, &actions) }
        if isStopping, !isFinished, waiting.isEmpty, lanes.allSatisfy({ $0.onTheirWay.isEmpty && $0.halves.isEmpty }) {
            isFinished = true
            actions.append(.finish)
        }
        return actions
    }

    private var isCrowd: Bool {
        guard let promptRows = limits.promptRows else { return false }
        return waiting.count >= promptRows << lanes.count(where: { !$0.onTheirWay.isEmpty })
    }

    /// A row that is on its way stays: its outcome comes, and nobody hears it.
    private mutating func withdraw(_ row: Int, _ actions: inout [Action]) {
        if let place = waiting.firstIndex(where: { $0.row == row }) {
            waiting.remove(at: place)
            return actions.append(.drop([row]))
        }
        for lane in lanes.indices {
            for half in lanes[lane].halves.indices {
                guard let place = lanes[lane].halves[half].firstIndex(of: row) else { continue }
                lanes[lane].halves[half].remove(at: place)
                return actions.append(.drop([row]))
            }
        }
    }

    private mutating func answered(_ lane: Int, _ answer: Answer, _ actions: inout [Action]) {
        let rows = lanes[lane].onTheirWay
        lanes[lane].onTheirWay = []
        guard !rows.isEmpty else { return }
        switch answer {
        case .committed: actions.append(.succeed(rows))
        case .failed: actions.append(.fail(rows))
        case .refused where rows.count == 1: actions.append(.fail(rows))
        case .refused:
            lanes[lane].halves.append(Array(rows[(rows.count / 2)...]))
            lanes[lane].halves.append(Array(rows[..<(rows.count / 2)]))
        }
    }

    private mutating func lost(_ lane: Int, _ actions: inout [Action]) {
        if !lanes[lane].onTheirWay.isEmpty { actions.append(.doubt(lanes[lane].onTheirWay)) }
        // The halves were rolled back for certain, and nothing of them is on its way.
        let halves = lanes[lane].halves.joined().map { Waiting(row: $0, bytes: 0) }
        if !halves.isEmpty { waiting = (halves + waiting).sorted { $0.row < $1.row } }
        lanes[lane] = Lane()
    }

    private mutating func send(_ lane: Int, _ actions: inout [Action]) {
        guard lanes[lane].isReady, lanes[lane].onTheirWay.isEmpty else { return }
        var rows: [Int] = []
        while rows.isEmpty, let half = lanes[lane].halves.popLast() { rows = half }
        if rows.isEmpty { rows = takeWaiting() }
        guard !rows.isEmpty else { return }
        batches += 1
        lanes[lane].onTheirWay = rows
        actions.append(.send(lane: lane, rows: rows))
    }

    private mutating func takeWaiting() -> [Int] {
        var bytes = 0
        let count = waiting.prefix(limits.rowsMax).prefix { next in
            defer { bytes += next.bytes }
            return bytes == 0 || bytes + next.bytes <= limits.bytesMax
        }.count
        defer { waiting.removeFirst(count) }
        return waiting.prefix(count).map(\.row)
    }
}
