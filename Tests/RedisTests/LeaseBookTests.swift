import TestSupport
import Testing

@testable import Redis

@Suite struct LeaseBookTests {
    @Test("Places are made when they are wanted, and those who come then wait in order")
    func order() {
        var book = LeaseBook(size: 2, waitingMax: 2)
        #expect(book.request(1) == .lent(place: 0))
        #expect(book.request(2) == .lent(place: 1))
        #expect(book.request(3) == .wait)
        #expect(book.request(4) == .wait)
        #expect(book.request(5) == .turnedAway)
        #expect(book.giveBack(1) == 3)
        #expect(book.giveBack(0) == 4)
        #expect(book.giveBack(1) == nil)
        #expect(book.request(6) == .lent(place: 1))
    }

    @Test("Whoever goes away is skipped, and a closed book lends nothing")
    func leaving() {
        var book = LeaseBook(size: 1, waitingMax: 9)
        _ = book.request(1)
        _ = book.request(2)
        _ = book.request(3)
        let hasLeft = [book.leave(2), book.leave(2)]
        #expect(hasLeft == [true, false])
        #expect(book.giveBack(0) == 3)
        _ = book.request(4)
        #expect(book.close() == [4])
        #expect(book.giveBack(0) == nil)
        #expect(book.request(5) == .turnedAway)
    }

    @Test("In any order of events nobody is overtaken, no place is lent twice, and nobody waits beside a free one")
    func anyOrder() {
        var random = SeededGenerator()
        for _ in 0..<300 {
            let size = Int.random(in: 1...4, using: &random)
            var book = LeaseBook(size: size, waitingMax: 6)
            var held: [Int] = []
            var line: [UInt64] = []
            for borrower in UInt64(1)...300 {
                switch Int.random(in: 0...4, using: &random) {
                case 0...1:
                    switch book.request(borrower) {
                    case .lent(let place):
                        #expect(line.isEmpty && !held.contains(place), random.note)
                        held.append(place)
                    case .wait:
                        #expect(held.count == size && line.count < 6, random.note)
                        line.append(borrower)
                    case .turnedAway: #expect(line.count == 6, random.note)
                    }
                case 2...3:
                    guard let place = held.randomElement(using: &random) else { continue }
                    let next = book.giveBack(place)
                    #expect(next == line.first, random.note)
                    if line.isEmpty { held.removeAll { $0 == place } } else { line.removeFirst() }
                default:
                    guard let leaver = line.randomElement(using: &random) else { continue }
                    let hasLeft = book.leave(leaver)
                    #expect(hasLeft, random.note)
                    line.removeAll { $0 == leaver }
                }
                #expect(book.lent == Set(held) && book.waiting == line, random.note)
            }
        }
    }
}
