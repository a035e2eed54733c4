import Basics
import Loop
import LoopTestSupport
import TLS
import TLSTestSupport
import TestSupport
import Testing

/// The example of docs/libraries/tls.md.
@Suite struct DocumentationTests {
    func greet(_ server: TLSServer, _ client: TLSClient, on loop: EventLoop) async throws -> String {
        let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
        async let served: Void = {
            let visitor = try await server.accept(over: listener.accept(), within: .seconds(5))
            try await visitor.write(Array("welcome".utf8))
            visitor.finishWriting()
        }()
        let socket = try await Socket.connect(to: listener.address, within: .seconds(5), on: loop)
        let stream = try await client.connect(over: socket, host: "salon.example", within: .seconds(5))
        defer { stream.close() }
        var greeting: [UInt8] = []
        while try await stream.read(appendingTo: &greeting) > 0 {}
        try await served
        return String(decoding: greeting, as: UTF8.self)
    }

    @Test("The example runs")
    func runs() async throws {
        try await withMeeting { meeting in
            let server = try TLSServer(TLSServerOptions(identity: try meeting.authority.issue(for: ["salon.example"])))
            let client = try TLSClient(meeting.believing)
            #expect(try await greet(server, client, on: meeting.loop) == "welcome")
        }
    }

    @Test("Every line of Swift on the page stands in this file")
    func lines() throws {
        let page = try DocumentedCode("libraries/tls.md")
        #expect(page.count == 1)
        #expect(try page.linesMissing() == [])
    }
}
