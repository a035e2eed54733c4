/// Who has which connection of a pool, and who waits for one; knows neither connections nor clocks.
///
/// Invariants: no more than `size` places exist, each lent to one borrower at most; whoever waits is served in the order
/// of arrival; nobody waits while a place is free.
struct LeaseBook {
    /// What a borrower gets.
    enum Answer: Equatable {
        case lent(place: Int)
        case wait
        /// Too many wait already.
        case turnedAway
    }

    let size: Int
    let waitingMax: Int
    private(set) var lent: Set<Int> = []
    private var free: [Int] = []
    /// How many places have been used so far.
    private(set) var places = 0
    private(set) var waiting: [UInt64] = []
    private(set) var isClosed = false

    init(size: Int, waitingMax: Int) {
        self.size = size
        self.waitingMax = waitingMax
    }

    /// A borrower comes.
    mutating func request(_ borrower: UInt64) -> Answer {
        guard !isClosed else { return .turnedAway }
        // The one that came back last: its connection is the most likely to be alive.
        if let place = free.popLast() { return lend(place) }
        if places < size {
            places += 1
            return lend(places - 1)
        }
        guard waiting.count < waitingMax else { return .turnedAway }
        waiting.append(borrower)
        return .wait
    }

    private mutating func lend(_ place: Int) -> Answer {
        lent.insert(place)
        return .lent(place: place)
    }

    /// A place comes back; who gets it next, if anybody waits.
    mutating func giveBack(_ place: Int) -> UInt64? {
        guard lent.contains(place) else { return nil }
        guard waiting.isEmpty else { return waiting.removeFirst() }
        lent.remove(place)
        free.append(place)
        return nil
    }

    /// A borrower goes away; false when it was not waiting.
    mutating func leave(_ borrower: UInt64) -> Bool {
        guard let index = waiting.firstIndex(of: borrower) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Nothing is lent any more; those who waited.
    mutating func close() -> [UInt64] {
        isClosed = true
        defer { waiting = [] }
        return waiting
    }
}
