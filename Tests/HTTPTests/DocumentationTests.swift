import Basics
import HTTP
import HTTPTestSupport
import Loop
import TestSupport
import Testing

// The examples of docs/libraries/http.md, as code that is compiled and run. That of README.md there takes a fixed port,
// so it is compiled only.

private func hello() throws {
    let loop = try EventLoop()
    try loop.run {
        var routes = HTTPRouter()
        routes.get("/", "Says hello.") { _ in .text("hello\n") }
        let router = routes
        let server = try HTTPServer(at: .tcp(host: "127.0.0.1", port: 8080), on: loop) { await router.respond(to: $0) }
        try await server.run()
    }
}

private let salon = HTTPPathParameter<Int>("salon")

private func salonRouter(files: HTTPFiles) -> HTTPRouter {
    var router = HTTPRouter { error, request in print("\(request.method) failed: \(error)") }
    let compression = HTTPCompression()
    router.wrap { await compression($0, $1) }

    router.get("/v1/salons/\(salon)", "Shows a salon.") { request in
        .json(["salon": .integer(try request.parameter(salon))])
    }
    router.post("/v1/notes", "Takes a note.") { request in
        .json(["characters": .integer(String(decoding: request.body, as: UTF8.self).count)], status: .created)
    }
    router.put("/v1/backup", "Takes much.", body: .streamed(upTo: .gigabytes(100))) { request in
        var bytes = 0
        for try await piece in request.pieces { bytes += piece.count }
        return .text("\(bytes) bytes")
    }
    router.get("/v1/events", "Tells what happens.") { request in
        .events { events in
            try await events.send(HTTPEvent("the chair is free", name: "freed", id: "7"))
        }
    }
    router.get("/v1/chat", "Says everything again.") { request in
        try .webSocket(request) { socket in
            for await message in socket.messages { try await socket.send(message) }
        }
    }
    router.get("/page/{path...}", "The files of the page.") { request in
        try await files.respond(to: request, path: request.parameter("path"))
    }
    return router
}

@Suite struct DocumentationTests {
    private func serve(_ folder: String, on loop: EventLoop, _ use: (HTTPServer) async throws -> Void) async throws {
        let router = salonRouter(files: HTTPFiles(in: folder, on: loop))
        let server = try HTTPServer(at: .tcp(host: "127.0.0.1", port: 0), on: loop) { await router.respond(to: $0) }
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await server.run()
            }
            try await use(server)
            server.shutDown(within: .zero)
            try await group.waitForAll()
        }
    }

    @Test("The example serves")
    func example() async throws {
        try await withTemporaryFolder { folder in
            try Files.writeAtomically("<p>hello", to: "\(folder)/index.html")
            try await EventLoop.onThread { loop in
                try await serve(folder, on: loop) { server in
                    let client = HTTPClient(on: loop)
                    let page = try await client.get("/page/index.html", at: server.address, within: .seconds(10))
                    #expect(page.text == "<p>hello")
                }
            }
            try await HTTPTestClient.run(.port, making: { salonRouter(files: HTTPFiles(in: folder, on: $0)).respond }) {
                client in
                #expect(try await client.get("/v1/salons/7").json() == ["salon": 7])
                #expect(try await client.send(.post, "/v1/notes", body: "Grüße").json() == ["characters": 5])
                #expect(try await client.send(.put, "/v1/backup", body: "12345").text == "5 bytes")
                let events = try await client.get("/v1/events")
                #expect(events.text == ":\n\nid: 7\nevent: freed\ndata: the chair is free\n\n")
                try await client.webSocket("/v1/chat") { socket in
                    try await socket.send("hello")
                    let answer = await socket.next()
                    #expect(answer == .text("hello"))
                }
            }
        }
    }

    @Test("The pages show the code that is tested here", arguments: ["README.md", "http.md"])
    func shown(name: String) throws {
        let page = try DocumentedCode("libraries/\(name)")
        #expect(page.count > 0)
        #expect(try page.linesMissing() == [])
    }
}
