import Basics
import Loop
import LoopTestSupport
import Testing

/// Whatever a request does on its way stays on the thread of its loop.
@Suite struct HotPathTests {
    @Test("Accepting, reading, parsing, waiting and answering cost no hop to another thread")
    func noHops() async throws {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            defer { listener.close() }
            let door = OnLoop(listener)
            let before = loop.hops
            let serving = Task(executorPreference: loop) { try await Self.serve(door.value, on: loop) }
            for round in 0..<20 {
                let client = try await Socket.connect(to: listener.address, within: .seconds(10), on: loop)
                defer { client.close() }
                for number in 0..<20 {
                    try await client.write(Array("double \(number)\n".utf8))
                    let answer = try await client.within(.seconds(10), "the answer") { try await Self.line(of: client) }
                    #expect(answer == "\(number * 2)", "round \(round)")
                }
            }
            #expect(loop.hops == before)
            serving.cancel()
            _ = try? await serving.value
        }
    }

    private static func serve(_ listener: Listener, on loop: EventLoop) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                let visitor = OnLoop(try await listener.accept())
                group.addTask {
                    while let line = try? await line(of: visitor.value) {
                        async let answer = double(line, on: loop)
                        try await visitor.value.write(Array("\(try await answer)\n".utf8))
                    }
                }
            }
        }
    }

    private static func double(_ line: String, on loop: EventLoop) async throws -> Int {
        // Where a database would be asked.
        try await loop.sleep(for: .zero)
        return (Int(line.split(separator: " ").last ?? "") ?? 0) * 2
    }

    private static func line(of socket: Socket) async throws -> String {
        var bytes: [UInt8] = []
        while bytes.last != UInt8(ascii: "\n") {
            guard try await socket.read(appendingTo: &bytes) > 0 else { throw ParlorError(.connection, "the end") }
        }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }
}
