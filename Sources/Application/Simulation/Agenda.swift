/// What is going to happen, in the order of time; at the same time, in the order in which it was put in.
struct Agenda<Event: Sendable>: Sendable {
    private struct Entry: Sendable {
        let time: Duration
        let order: UInt64
        let event: Event

        func isBefore(_ other: Entry) -> Bool { (time, order) < (other.time, other.order) }
    }

    /// A binary heap: no entry is before the one that it hangs below.
    private var heap: [Entry] = []
    private var lastOrder: UInt64 = 0

    /// Whether nothing is going to happen.
    var isEmpty: Bool { heap.isEmpty }

    /// When something happens next.
    var next: Duration? { heap.first?.time }

    /// Puts in what happens at a time.
    mutating func add(_ event: Event, at time: Duration) {
        lastOrder += 1
        heap.append(Entry(time: time, order: lastOrder, event: event))
        var index = heap.count - 1
        while index > 0, heap[index].isBefore(heap[(index - 1) / 2]) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes out what happens first, if that is by `now`.
    mutating func take(by now: Duration) -> (time: Duration, event: Event)? {
        guard let first = heap.first, first.time <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.event)
    }

    private mutating func sink() {
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
