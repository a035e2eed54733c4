import Basics
import HTTP
import HTTPTestSupport
import Loop
import Testing

@Suite struct HTTPServerShutdownTests {
    @Test("A running request ends, an idle connection is closed, and nobody new is let in")
    func graceful() async throws {
        let (started, release) = (LoopWait<Void>(), LoopWait<Void>())
        var limits = HTTPServerLimits()
        limits.idle = .seconds(3600)
        let patient = limits
        try await EventLoop.onThread { loop in
            let server = try HTTPServer(at: .temporaryPath, on: loop, limits: patient) { request in
                if request.path == "/slow" {
                    started.succeed()
                    try? await release.value(on: loop)
                }
                return .text("done")
            }
            async let running: Void = server.run()
            let idle = try await RawConnection.to(server.address, on: loop)
            try await idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await idle.text(until: "done").hasPrefix("HTTP/1.1 200"))
            let busy = try await RawConnection.to(server.address, on: loop)
            try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            try await started.value(on: loop)

            server.shutDown(within: .seconds(3600))
            #expect(try await idle.rest() == "")
            let error = await #expect(throws: ParlorError.self) {
                try await RawConnection.to(server.address, on: loop)
            }
            #expect(error?.code == .connection)
            release.succeed()
            busy.finish()
            let answer = try await busy.rest()
            #expect(answer.contains("Connection: close") && answer.hasSuffix("done"))
            try await running
            idle.close()
            busy.close()
        }
    }

    @Test("A request that runs over the deadline is cut, and run ends")
    func deadline() async throws {
        let started = LoopWait<Void>()
        try await EventLoop.onThread { loop in
            let server = try HTTPServer(at: .temporaryPath, on: loop) { _ in
                started.succeed()
                try? await loop.sleep(for: .seconds(3600))
                return .text(Task.isCancelled ? "cancelled" : "slept")
            }
            async let running: Void = server.run()
            let connection = try await RawConnection.to(server.address, on: loop)
            try await connection.send("POST / HTTP/1.1\r\nHost: a\r\n\r\n")
            try await started.value(on: loop)
            server.shutDown(within: .milliseconds(10))
            try await running
            connection.finish()
            #expect(try await !connection.rest().contains("slept"))
            connection.close()
        }
    }

    @Test("Cancelling the task that runs the server ends it, requests included")
    func cancellation() async throws {
        let started = LoopWait<Void>()
        try await EventLoop.onThread { loop in
            let server = try HTTPServer(at: .temporaryPath, on: loop) { _ in
                started.succeed()
                try? await loop.sleep(for: .seconds(3600))
                return .text("slept")
            }
            let running = Task { try await server.run() }
            let connection = try await RawConnection.to(server.address, on: loop)
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            try await started.value(on: loop)
            running.cancel()
            try await running.value
            connection.close()
        }
    }

    @Test("Shut down before it runs, a server never serves, and its path is free again")
    func before() async throws {
        let address = SocketAddress.temporaryPath
        try await EventLoop.onThread { loop in
            let server = try HTTPServer(at: address, on: loop) { _ in .text("never") }
            server.shutDown(within: .seconds(3600))
            try await server.run()
            #expect(!Files.exists(address.description))
        }
    }

    @Test("A server that was started from elsewhere serves on its loop all the same")
    func elsewhere() async throws {
        try await EventLoop.onThread { loop in
            let server = try HTTPServer(at: .temporaryPath, on: loop) { _ in .text("\(loop.isCurrent)") }
            let running = Task.detached { try await server.run() }
            let client = HTTPClient(on: loop)
            let response = try await Task.detached {
                try await client.get("/", at: server.address, within: .seconds(10))
            }.value
            #expect(response.text == "true")
            server.shutDown(within: .seconds(1))
            try await running.value
        }
    }
}
