import Basics
import HTTP
import HTTPTestSupport
import Loop
import TestSupport
import Testing

/// The example of docs/libraries/http-client.md, as code that is compiled and run.
@Suite struct HTTPClientDocumentationTests {
    @Test("The example of the page does what it says")
    func example() async throws {
        try await ScriptedServer.run { connection, _, _ in
            _ = try await connection.head()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nall")
            _ = try await connection.text(until: "0\r\n\r\n")
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
        } client: { server, loop in
            let origin = try #require(HTTPOrigin(.http, host: "127.0.0.1", port: server.port))
            let target = try #require(HTTPTarget("/salons"))
            let rows = Rows()

            var options = HTTPClientOptions()
            options.retries = HTTPRetryPolicy(attemptsMax: 3)
            let client = HTTPClient(on: loop, options)

            let answer = try await client.get("/salons?city=Leipzig", at: origin, within: .seconds(5))
            #expect(answer.text == "all")

            let upload = HTTPUpload(length: nil, isRepeatable: false) { { rows.next() } }
            let request = HTTPRequest(.put, target)
            let size = try await client.withResponse(to: request, upload, at: origin, within: .seconds(60)) {
                head, body in
                var size = 0
                while let bytes = try await body.next() { size += bytes.count }
                return size
            }
            client.close()
            #expect(size == 4 && server.connectionCount == 1)
        }
    }

    @Test("Every line of Swift on the page stands in this file")
    func lines() throws {
        let page = try DocumentedCode("libraries/http-client.md")
        #expect(page.count == 1)
        #expect(try page.linesMissing() == [])
    }
}

/// Two pieces of content.
private final class Rows: @unchecked Sendable {
    // Guard of @unchecked Sendable: the one task that sends the body.
    private var pieces = [Array("a\n".utf8), Array("b\n".utf8)]

    func next() -> [UInt8]? { pieces.isEmpty ? nil : pieces.removeFirst() }
}
