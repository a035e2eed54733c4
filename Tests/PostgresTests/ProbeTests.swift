import Basics
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct ProbeTests {
    @Test("A server that answers is accepting, and one with another password is refusing")
    func answers() async throws {
        let options = try TestServer.shared().superuser
        try await EventLoop.onThread { loop in
            let good = await PostgresProbe.check(options, on: loop, within: .seconds(60))
            #expect(good.state == .accepting)
            #expect(good.reason == nil)
            #expect(good.responseTime > .zero)
            var wrong = options
            wrong.password = Secret("wrong")
            let bad = await PostgresProbe.check(wrong, on: loop, within: .seconds(60))
            #expect(bad.state == .refusing)
            #expect(
                bad.reason == "PostgreSQL at \(options.address) refused the connection: "
                    + "password authentication failed for user \"superuser\"")
        }
    }

    @Test("A server that starts is starting up")
    func startingUp() async throws {
        try await EventLoop.onThread { loop in
            let server = try ScriptedServer(on: loop)
            defer { server.close() }
            let options = server.options
            let check = Task(executorPreference: loop) {
                await PostgresProbe.check(options, on: loop, within: .seconds(60))
            }
            let socket = try await server.greet(
                with: ScriptedServer.error("FATAL", "57P03", "the database system is starting up"))
            socket.close()
            #expect(await check.value.state == .startingUp)
        }
    }

    @Test("No server, a silent one and one that is silent after its welcome are unreachable")
    func unreachable() async throws {
        try await EventLoop.onThread { loop in
            let server = try ScriptedServer(on: loop)
            let options = server.options
            let silent = await PostgresProbe.check(options, on: loop, within: .milliseconds(20))
            #expect(silent.state == .unreachable)
            #expect(silent.reason == "no connection to PostgreSQL at \(options.address): no answer within 20 ms")
            let check = Task(executorPreference: loop) {
                await PostgresProbe.check(options, on: loop, within: .milliseconds(200))
            }
            let first = try await server.greet(with: [])
            let second = try await server.greet(with: ScriptedServer.welcome)
            #expect(await check.value.state == .unreachable)
            first.close()
            second.close()
            server.close()
            let gone = await PostgresProbe.check(options, on: loop, within: .seconds(60))
            #expect(gone.state == .unreachable)
            // Refused, or reset: a child that another test starts holds the socket for a moment.
            #expect(gone.reason?.hasPrefix("no connection to PostgreSQL at \(options.address): ") == true)
        }
    }
}
