import Messaging
import Testing

@Suite("States of a message that goes out") struct DeliveryStateTests {
    @Test("The furthest of what was told holds, in whatever order it was told")
    func orders() {
        for told in permutations(DeliveryState.ascending) {
            for count in 1...told.count {
                let state = told.prefix(count).reduce(MessageStatus.queued, DeliveryState.merged)
                let furthest = told.prefix(count).compactMap(DeliveryState.rank).max()
                #expect(DeliveryState.rank(of: state) == furthest)
            }
        }
    }

    @Test("Nothing that is told changes what came from a customer, and it changes nothing")
    func inbound() {
        for status in DeliveryState.ascending {
            #expect(DeliveryState.merged(.received, status) == .received)
            #expect(DeliveryState.merged(status, .received) == status)
        }
    }

    private func permutations(_ items: [MessageStatus]) -> [[MessageStatus]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}
