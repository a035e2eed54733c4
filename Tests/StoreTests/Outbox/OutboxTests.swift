import Basics
import Loop
import Postgres
import Synchronization
import Testing

@testable import Store

@Suite("The outbox") struct OutboxTests {
    private static func put(_ text: String, _ store: Store, _ scope: SalonScope) async throws {
        try await store.transaction(in: scope) {
            try await $0.run(ServiceStatements.add, text)
            try await $0.run(OutboxStatements.put, ("service.added", PostgresJSON("{\"name\": \"\(text)\"}")))
        }
    }

    private static func count(_ superuser: PostgresSession) async throws -> Int {
        try await superuser.query("SELECT count(*) FROM outbox").only[0]
    }

    @Test("A message is there if and only if its transaction committed")
    func atomic() async throws {
        try await withStore { store, ada, _, superuser in
            try await Self.put("Cut", store, ada)
            await #expect(throws: PostgresError.self) { try await Self.put("Cut", store, ada) }
            #expect(try await Self.count(superuser) == 1)
        }
    }

    @Test("Several relays hand on each message once, whole batches of them, and nothing stays")
    func relays() async throws {
        try await withStore { store, ada, eve, superuser in
            for number in 0..<60 { try await Self.put("service \(number)", store, number % 2 == 0 ? ada : eve) }
            let received = Mutex<[PostgresUUID]>([])
            var limits = OutboxRelay.Limits()
            limits.batch = 7
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    let relay = OutboxRelay(store, limits) { message in received.withLock { $0.append(message.id) } }
                    group.addTask(executorPreference: store.loop) { while try await relay.handOn() > 0 {} }
                }
                try await group.waitForAll()
            }
            let ids = received.withLock { $0 }
            #expect(ids.count == 60)
            #expect(Set(ids).count == 60)
            #expect(try await Self.count(superuser) == 0)
        }
    }

    @Test("One that its receiver refuses is put back with the reason, and does not hold up the others")
    func refused() async throws {
        try await withStore { store, ada, _, superuser in
            try await Self.put("bad", store, ada)
            try await Self.put("good", store, ada)
            let relay = OutboxRelay(store) { message in
                if "\(message.payload)".contains("bad") { throw ParlorError(.connection, "nobody answers") }
            }
            #expect(try await relay.handOn() == 2)
            let left = try await superuser.query("SELECT attempts, last_error, available_at > now() FROM outbox").only
            let (attempts, error, isLater) = try left.values(as: Int32.self, String.self, Bool.self)
            #expect(attempts == 1 && error == "nobody answers" && isLater)
            #expect(try await relay.handOn() == 0)
        }
    }

    @Test("What a relay took and did not finish is taken by the next one when its time is over")
    func died() async throws {
        try await withStore { store, ada, _, superuser in
            try await Self.put("Cut", store, ada)
            let scope = PlatformScope(by: .service("test"))
            let taken = try await store.write(OutboxStatements.take, (10, 30), in: scope).value
            #expect(taken.count == 1)
            #expect(try await store.write(OutboxStatements.take, (10, 30), in: scope).value.isEmpty)
            try await superuser.query("UPDATE outbox SET available_at = now()")
            let again = try await store.write(OutboxStatements.take, (10, 30), in: scope).value
            #expect(again.map(\.id) == taken.map(\.id))
            #expect(again[0].attempts == 2)
        }
    }

    @Test("A relay that runs hands on as soon as it is woken")
    func running() async throws {
        try await withStore { store, ada, _, _ in
            var limits = OutboxRelay.Limits()
            limits.interval = .seconds(3600)
            let received = LoopWait<Void>()
            let relay = OutboxRelay(store, limits) { _ in store.loop.execute { received.succeed() } }
            let task = Task(executorPreference: store.loop) { try await relay.run() }
            try await Self.put("Cut", store, ada)
            relay.wake()
            try await received.value(on: store.loop)
            task.cancel()
            _ = await task.result
        }
    }
}
