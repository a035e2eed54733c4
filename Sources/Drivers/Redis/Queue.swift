/// First in, first out, in one array whose front is given back now and then.
struct Queue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    init() {}

    init(_ elements: some Sequence<Element>) { self.elements = elements.map { $0 } }

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : elements[head] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = elements[head].take()
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: elements.capacity <= 1024)
            head = 0
        } else if head >= 64 && head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Changes the element at a place counted from the front.
    mutating func update<Result>(at place: Int, _ change: (inout Element) -> Result) -> Result? {
        guard elements.indices.contains(head + place), var element = elements[head + place].take() else { return nil }
        defer { elements[head + place] = element }
        return change(&element)
    }

    /// All of them, the oldest first.
    var all: [Element] { elements[head...].compactMap { $0 } }

    subscript(place: Int) -> Element? { elements[head + place] }
}
