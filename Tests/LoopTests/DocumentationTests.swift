import Basics
import Loop
import TestSupport
import Testing

/// The example of docs/libraries/loop.md.
@Suite struct DocumentationTests {
    func shout(on loop: EventLoop) async throws -> String {
        let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
        guard case .tcp(_, let port) = listener.address else { return "" }
        async let served: Void = {
            let visitor = try await listener.accept()
            var question: [UInt8] = []
            _ = try await visitor.read(appendingTo: &question)
            let words = question
            // Reading files, compressing, hashing passwords: nothing that blocks belongs on the loop.
            let answer = try await loop.blocking { String(decoding: words, as: UTF8.self).uppercased() }
            try await visitor.write(Array(answer.utf8))
            visitor.finishWriting()
        }()
        let socket = try await Socket.connect(toHost: "localhost", port: port, within: .seconds(5), on: loop)
        defer { socket.close() }
        try await socket.write(Array("hello".utf8))
        var answer: [UInt8] = []
        try await socket.within(.seconds(5), "the answer") {
            while try await socket.read(appendingTo: &answer) > 0 {}
        }
        try await served
        return String(decoding: answer, as: UTF8.self)
    }

    @Test("The example runs")
    func runs() async throws {
        let answer = try await EventLoop.onThread { loop in try await shout(on: loop) }
        #expect(answer == "HELLO")
    }

    @Test("Every line of Swift on the page stands in this file")
    func lines() throws {
        let page = try DocumentedCode("libraries/loop.md")
        #expect(page.count == 1)
        #expect(try page.linesMissing() == [])
    }
}
