import Basics
import HTTPTestSupport
import Loop
import Testing

@testable import HTTP

@Suite struct HTTPEventTests {
    @Test("An event has its lines, whatever ends them")
    func lines() throws {
        #expect(try HTTPEvent("a").text() == "data: a\n\n")
        #expect(try HTTPEvent("").text() == "data: \n\n")
        #expect(
            try HTTPEvent("a\nb\r\nc\rd\n", name: "booked", id: "7").text()
                == "id: 7\nevent: booked\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n")
        for event in [HTTPEvent("a", name: "x\ny"), HTTPEvent("a", id: "x\r"), HTTPEvent("a", id: "x\0")] {
            #expect(throws: ParlorError.self) { try event.text() }
        }
    }

    @Test("Events come one by one, from where the client left off", arguments: HTTPTestMode.allCases)
    func stream(mode: HTTPTestMode) async throws {
        let gate = Door()
        var router = HTTPRouter()
        router.get("/events", "What happens.") { request in
            .events(retry: .seconds(3)) { events in
                let last = Int(request.lastEventID ?? "0") ?? 0
                for number in last + 1...3 {
                    try await events.send(HTTPEvent("happened", name: "booked", id: "\(number)"))
                    await gate.pass()
                }
            }
        }
        try await HTTPTestClient.run(mode, router.respond) { client in
            try await client.stream(.get, "/events", headers: ["Last-Event-ID": "1"]) { stream in
                #expect(stream.head.headers["Content-Type"] == "text/event-stream")
                #expect(stream.head.headers["Cache-Control"] == "no-store")
                let first = try await stream.text(until: "happened\n\n")
                #expect(first == "retry: 3000\n\nid: 2\nevent: booked\ndata: happened\n\n")
                gate.open()
                let second = try await stream.rest()
                #expect(second == "id: 3\nevent: booked\ndata: happened\n\n")
            }
        }
    }

    @Test(
        "A stream without events shows that it is alive, and ends when the client leaves",
        arguments: HTTPTestMode.allCases)
    func heartbeat(mode: HTTPTestMode) async throws {
        let ended = LoopWait<Bool>()
        try await HTTPTestClient.run(
            mode,
            { _ in
                .events(heartbeat: .milliseconds(5)) { _ in
                    await cancellation()
                    ended.succeed(Task.isCancelled)
                }
            }
        ) { client in
            try await client.stream(.get, "/") { stream in
                let text = try await stream.text(until: ":\n\n:\n\n:\n\n")
                #expect(text.hasSuffix(":\n\n:\n\n"))
                stream.leave()
            }
        }
        try await EventLoop.onThread { loop in
            let wasCancelled = try await ended.value(on: loop)
            #expect(wasCancelled)
        }
    }

    @Test("A server that shuts down ends its streams of events properly, without waiting for them")
    func shutDown() async throws {
        try await EventLoop.onThread { loop in
            let server = try HTTPServer(at: .temporaryPath, on: loop) { _ in
                .events { _ in await cancellation() }
            }
            async let running: Void = server.run()
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await connection.text(until: ":\n\n\r\n")
            server.shutDown(within: .seconds(3600))
            let rest = try await connection.text(until: "0\r\n\r\n")
            #expect(rest == "0\r\n\r\n")
            connection.finish()
            try await running
        }
    }
}
