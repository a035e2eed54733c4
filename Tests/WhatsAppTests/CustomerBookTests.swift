import Basics
import Postgres
import Synchronization
import Testing
import TestSupport

@testable import WhatsApp

@Suite("Who is who") struct CustomerBookTests {
    private typealias Names = CustomerBook.Names

    private func key(_ number: UInt64) -> PostgresUUID { PostgresUUID(high: 0, low: number) }

    private func book(_ known: [(UInt64, String?, String?)] = []) -> CustomerBook {
        let numbers = Numbers()
        return CustomerBook(
            known.map { number, phone, user in
                KnownCustomer(
                    id: key(number), names: Names(phone: phone, user: user), username: nil,
                    conversation: key(number + 100))
            }, makeKey: { numbers.next() })
    }

    @Test("A stranger is added once, whichever of the names comes again")
    func stranger() {
        var book = book()
        let first = book.meet(Names(phone: "49", user: "DE.1"), name: "Carla")
        #expect(book.meet(Names(phone: nil, user: "DE.1")).id == first.id)
        #expect(book.meet(Names(phone: "49", user: nil)).id == first.id)
        #expect(book.entries.count == 1 && book.added == [first.id] && book.changed == [] && book.unions == [])
        #expect(book.entries[0].name == "Carla" && book.opened == [first.conversation])
    }

    @Test("Who is known by the number alone gets the identifier that comes with it")
    func identifier() {
        var book = book([(1, "49", nil)])
        #expect(book.meet(Names(phone: "49", user: "DE.1")).id == key(1))
        #expect(book.entries[0].names == Names(phone: "49", user: "DE.1") && book.changed == [key(1)])
    }

    @Test("Who is known by the identifier takes the number that he writes from")
    func number() {
        var book = book([(1, "49", "DE.1")])
        #expect(book.meet(Names(phone: "33", user: "DE.1")).id == key(1))
        #expect(book.entries[0].names.phone == "33" && book.changed == [key(1)])
    }

    @Test("Two of whom it turns out that they are one become one")
    func union() {
        var book = book([(1, "49", nil), (2, nil, "DE.1")])
        let met = book.meet(Names(phone: "49", user: "DE.1"))
        #expect(met.id == key(2) && met.names == Names(phone: "49", user: "DE.1"))
        #expect(
            book.unions == [
                .init(gone: key(1), kept: key(2), goneConversation: key(101), keptConversation: key(102))
            ])
        #expect(book.entry(of: key(1))?.id == key(2) && book.changed == [key(2)])
    }

    @Test("A number that changed hands leaves its former owner's past with him")
    func changedHands() {
        var book = book([(1, "49", "DE.1")])
        let new = book.meet(Names(phone: "49", user: "DE.2"))
        #expect(new.id != key(1) && book.added == [new.id] && book.unions == [])
        #expect(book.entry(of: key(1))?.names == Names(phone: nil, user: "DE.1") && book.changed == [key(1)])
    }

    @Test("Two strangers who are one leave no trace of the second")
    func strangers() {
        var book = book()
        let one = book.meet(Names(phone: "49", user: nil))
        let two = book.meet(Names(phone: nil, user: "DE.1"))
        let both = book.meet(Names(phone: "49", user: "DE.1"))
        #expect(both.id == two.id && book.entry(of: one.id)?.id == two.id)
        #expect(book.added == [two.id] && book.unions == [] && book.opened == [two.conversation])
    }

    @Test("Whoever changes the number stays the same person, also when the new names were seen before")
    func renamed() {
        var book = book([(1, "49", "DE.1"), (2, "33", "FR.2")])
        book.rename(Names(phone: "49", user: nil), to: Names(phone: "33", user: "FR.2"))
        #expect(book.entries.count == 1 && book.entries[0].id == key(1))
        #expect(book.entries[0].names == Names(phone: "33", user: "FR.2"))
        #expect(book.entry(of: key(2))?.id == key(1))
    }

    @Test("No number and no identifier ever belongs to two, nobody is known by nothing, and everybody can be found")
    func properties() {
        var random = SeededGenerator()
        for _ in 0..<2000 {
            var book = book([(1, "1", nil), (2, "2", "B"), (3, nil, "C")])
            var met: [PostgresUUID] = [key(1), key(2), key(3)]
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                func names() -> Names {
                    let phone = ["1", "2", "3", nil].randomElement(using: &random) ?? nil
                    let user = ["A", "B", "C", nil].randomElement(using: &random) ?? nil
                    return phone == nil && user == nil ? Names(phone: "1", user: nil) : Names(phone: phone, user: user)
                }
                let wanted = names()
                if Bool.random(using: &random) {
                    let entry = book.meet(wanted)
                    met.append(entry.id)
                    #expect(wanted.user == nil || entry.names.user == wanted.user, random.note)
                    #expect(wanted.phone == nil || entry.names.phone == wanted.phone, random.note)
                } else {
                    book.rename(wanted, to: names())
                }
            }
            let (phones, users) = (book.entries.compactMap(\.names.phone), book.entries.compactMap(\.names.user))
            #expect(Set(phones).count == phones.count && Set(users).count == users.count, random.note)
            #expect(met.allSatisfy { book.entry(of: $0) != nil }, random.note)
            let gone = Set(book.unions.map(\.gone))
            #expect(book.entries.allSatisfy { !gone.contains($0.id) }, random.note)
            #expect(book.changed.isDisjoint(with: gone) && book.changed.isDisjoint(with: book.added), random.note)
            #expect(Set(book.entries.map(\.conversation)).count == book.entries.count, random.note)
        }
    }
}

/// Keys that differ.
private final class Numbers: Sendable {
    private let last = Mutex<UInt64>(1000)

    func next() -> PostgresUUID {
        PostgresUUID(
            high: 0,
            low: last.withLock {
                $0 += 1
                return $0
            })
    }
}
