import TestSupport
import Testing

@testable import Redis

@Suite struct SubscriptionBookTests {
    private static func text(_ text: String) -> RedisValue { .bytes(Array(text.utf8)) }

    private func answer(_ kind: String, _ name: String) -> RedisValue {
        .array([Self.text(kind), Self.text(name), .integer(1)])
    }

    private func message(_ channel: String, _ payload: String) -> RedisValue {
        .array([Self.text("message"), Self.text(channel), Self.text(payload)])
    }

    private func opened() -> SubscriptionBook {
        var book = SubscriptionBook()
        book.opened()
        return book
    }

    @Test("A listener is ready when all its topics are confirmed, and a topic is asked for once")
    func ready() {
        var book = opened()
        let isReady = book.add(1, [.channel("a"), .pattern("b*")])
        #expect(!isReady)
        #expect(Set(book.takeRequests()) == [.subscribe(.channel("a")), .subscribe(.pattern("b*"))])
        let isSecondReady = book.add(2, [.channel("a")])
        #expect(!isSecondReady)
        #expect(book.takeRequests() == [])
    }

    @Test("A message goes to those who want its topic")
    func message() {
        var book = opened()
        _ = book.add(1, [.channel("a")])
        _ = book.takeRequests()
        #expect(book.received(answer("subscribe", "a")) == .ready(first: [1], again: []))
        let isReady = book.add(2, [.channel("a")])
        #expect(isReady)
        let expected = RedisMessage(channel: "a", pattern: nil, payload: [120])
        #expect(book.received(message("a", "x")) == .message(expected, to: [1, 2]))
        #expect(book.received(message("b", "x")) == .message(.init(channel: "b", pattern: nil, payload: [120]), to: []))
    }

    @Test("After a new connection everything is asked for again, and those who were ready are told")
    func again() {
        var book = opened()
        _ = book.add(1, [.channel("a")])
        _ = book.takeRequests()
        _ = book.received(answer("subscribe", "a"))
        book.lost()
        let isReady = book.add(2, [.channel("a")])
        #expect(!isReady)
        book.opened()
        #expect(book.takeRequests() == [.subscribe(.channel("a"))])
        #expect(book.received(answer("subscribe", "a")) == .ready(first: [2], again: [1]))
    }

    @Test("A topic that is given up and wanted again is live with the second confirmation only")
    func quickChange() {
        var book = opened()
        _ = book.add(1, [.channel("a")])
        book.remove(1)
        _ = book.add(2, [.channel("a")])
        let asked = book.takeRequests()
        #expect(asked == [.subscribe(.channel("a")), .unsubscribe(.channel("a")), .subscribe(.channel("a"))])
        #expect(book.received(answer("subscribe", "a")) == .nothing)
        #expect(book.received(answer("unsubscribe", "a")) == .nothing)
        #expect(book.received(answer("subscribe", "a")) == .ready(first: [2], again: []))
    }

    @Test("A topic that the server forbids ends those who wanted it, and what only they wanted")
    func refused() {
        var book = opened()
        _ = book.add(1, [.channel("a")])
        _ = book.takeRequests()
        let error = RedisReplyError("NOPERM no")
        #expect(book.received(.error(error)) == .refused([1], error))
        #expect(book.takeRequests() == [])
    }

    @Test(
        "An answer to nothing is unexpected",
        arguments: [
            RedisValue.status("OK"), .integer(1), .null, .array([]), .error(RedisReplyError("ERR x")),
            .array([.bytes(Array("subscribe".utf8)), .bytes([97]), .integer(1)]),
            .array([.bytes(Array("message".utf8)), .null, .bytes([])]), .array([.integer(1), .null, .null]),
        ])
    func unexpected(reply: RedisValue) {
        var book = opened()
        #expect(book.received(reply) == .unexpected)
    }

    @Test("A sign of life is asked for once at a time")
    func ping() {
        var book = opened()
        let asked = [book.ping(), book.ping()]
        #expect(book.takeRequests() == [.ping])
        let askedAgain = book.ping()
        #expect(asked == [true, false] && !askedAgain)
        #expect(book.received(.array([Self.text("pong"), Self.text("")])) == .nothing)
        let askedAfterwards = book.ping()
        #expect(askedAfterwards)
    }

    @Test("In any order of events, what the server was asked for in the end is what is wanted")
    func anyOrder() {
        var random = SeededGenerator()
        for _ in 0..<200 {
            var book = SubscriptionBook()
            var wanted: [Int: Set<RedisTopic>] = [:]
            var ready: Set<Int> = []
            var server: Set<RedisTopic> = []
            var line: [SubscriptionBook.Request] = []
            var isUp = false
            for listener in 1...200 {
                switch Int.random(in: 0...9, using: &random) {
                case 0...2:
                    let topics = Set((0...2).map { _ in topic(&random) })
                    wanted[listener] = topics
                    if book.add(listener, topics) { ready.insert(listener) }
                case 3...4:
                    guard let leaver = wanted.keys.sorted().randomElement(using: &random) else { continue }
                    book.remove(leaver)
                    wanted[leaver] = nil
                    ready.remove(leaver)
                case 5 where Int.random(in: 0...3, using: &random) == 0:
                    isUp.toggle()
                    (line, server, ready) = ([], [], [])
                    if isUp { book.opened() } else { book.lost() }
                default:
                    line += book.takeRequests()
                    guard isUp, !line.isEmpty else { continue }
                    let request = line.removeFirst()
                    apply(request, &server)
                    guard case .ready(let first, let again) = book.received(reply(to: request)) else { continue }
                    for listener in first + again {
                        #expect(wanted[listener]?.isSubset(of: server) == true, random.note)
                        ready.insert(listener)
                    }
                }
            }
            if !isUp {
                book.opened()
                (line, server, ready) = ([], [], [])
            }
            for request in line + book.takeRequests() {
                apply(request, &server)
                if case .ready(let first, let again) = book.received(reply(to: request)) {
                    ready.formUnion(first + again)
                }
            }
            #expect(server == wanted.values.reduce(into: []) { $0.formUnion($1) }, random.note)
            #expect(ready == Set(wanted.keys), random.note)
        }
    }

    private func topic(_ random: inout SeededGenerator) -> RedisTopic {
        let name = "t\(Int.random(in: 0...3, using: &random))"
        return Bool.random(using: &random) ? .channel(name) : .pattern(name)
    }

    private func apply(_ request: SubscriptionBook.Request, _ server: inout Set<RedisTopic>) {
        switch request {
        case .subscribe(let topic): server.insert(topic)
        case .unsubscribe(let topic): server.remove(topic)
        case .ping: break
        }
    }

    private func reply(to request: SubscriptionBook.Request) -> RedisValue {
        switch request {
        case .subscribe(.channel(let name)): answer("subscribe", name)
        case .subscribe(.pattern(let name)): answer("psubscribe", name)
        case .unsubscribe(.channel(let name)): answer("unsubscribe", name)
        case .unsubscribe(.pattern(let name)): answer("punsubscribe", name)
        case .ping: .array([Self.text("pong"), Self.text("")])
        }
    }
}
