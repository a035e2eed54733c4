import Basics
import Loop
import LoopTestSupport
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite struct NotificationTests {
    private func heard(_ channel: String, _ payload: String) -> (NotificationEvent?) -> Bool {
        { event in
            guard case .notification(let notification) = event else { return false }
            return notification.channel == channel && notification.payload == payload
        }
    }

    @Test("What is said on the channels is heard in order, and nothing of other channels")
    func listening() async throws {
        try await withSession { session, loop in
            let notifications = try await PostgresNotifications.listen(
                session.options, to: ["booking", "a \"b\""], on: loop)
            for number in 0..<100 { try await session.query("SELECT pg_notify('booking', $1)", "\(number)") }
            try await session.execute("NOTIFY other, 'x'; NOTIFY \"a \"\"b\"\"\"")
            var events = notifications.makeAsyncIterator()
            for number in 0..<100 { #expect(heard("booking", "\(number)")(try await events.next())) }
            let last = try await events.next()
            #expect(heard("a \"b\"", "")(last))
            if case .notification(let last) = last { #expect(last.backendProcess == session.backendProcess) }
            let reader = Task(executorPreference: loop) {
                var events = notifications.makeAsyncIterator()
                return try await events.next()
            }
            reader.cancel()
            await #expect(throws: CancellationError.self) { try await reader.value }
            notifications.close()
            #expect(try await events.next() == nil)
        }
    }

    @Test("A connection that breaks is made again, the gap is reported, and what is said then is heard")
    func gap() async throws {
        try await withSession { session, loop in
            var options = session.options
            options.applicationName = "listener"
            let notifications = try await PostgresNotifications.listen(options, to: ["booking"], on: loop)
            for round in 0..<2 {
                try await session.query(
                    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'listener'")
                var events = notifications.makeAsyncIterator()
                #expect(try await events.next() == .gap)
                try await session.query("SELECT pg_notify('booking', $1)", "\(round)")
                #expect(heard("booking", "\(round)")(try await events.next()))
            }
            notifications.close()
        }
    }

    @Test("A reader gets the failure when the way back is closed for good")
    func refused() async throws {
        try await withSession { session, loop in
            let role = "listener_\(RandomIdentifier.hex(bytes: 4))"
            try await session.execute("CREATE ROLE \(role) LOGIN PASSWORD 'open sesame'")
            var options = session.options
            (options.user, options.password) = (role, Secret("open sesame"))
            let notifications = try await PostgresNotifications.listen(options, to: ["booking"], on: loop)
            try await session.execute("ALTER ROLE \(role) PASSWORD 'another'")
            try await session.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role)
            let error = await #expect(throws: PostgresError.self) { for try await _ in notifications {} }
            #expect(error?.sqlState == .invalidPassword)
            try await session.execute("DROP ROLE \(role)")
        }
    }

    @Test("What a slow reader has no room for becomes one gap at the place where it is missing")
    func slowReader() {
        var buffer = NotificationBuffer(limit: 3)
        func said(_ payload: String) -> NotificationEvent {
            .notification(PostgresNotification(channel: "booking", payload: payload, backendProcess: 1))
        }
        for number in 0..<5 { buffer.append(said("\(number)")) }
        buffer.append(.gap)
        buffer.append(.gap)
        buffer.append(said("5"))
        #expect(buffer.next() == .gap)
        #expect(buffer.next() == said("5"))
        #expect(buffer.next() == nil)
        for number in 0..<4 { buffer.append(said("\(number)")) }
        #expect(buffer.count == 1)
        buffer.append(said("4"))
        #expect([buffer.next(), buffer.next(), buffer.next()] == [.gap, said("4"), nil])
    }
}
