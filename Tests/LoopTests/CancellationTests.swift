import Basics
import Loop
import LoopTestSupport
import Testing

@Suite struct CancellationTests {
    private func withPair(
        _ body: @escaping @Sendable (EventLoop, OnLoop<Socket>, OnLoop<Socket>) async throws -> Void
    ) async throws {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            defer { listener.close() }
            let client = try await Socket.connect(to: listener.address, within: .seconds(10), on: loop)
            let server = try await listener.accept()
            defer {
                client.close()
                server.close()
            }
            try await body(loop, OnLoop(client), OnLoop(server))
        }
    }

    /// Starts `wait` on the loop, lets it come to its wait, and cancels it.
    private func expectCancelled(on loop: EventLoop, _ wait: @escaping @Sendable () async throws -> Void) async {
        let task = Task(executorPreference: loop) { try await wait() }
        await loop.settle()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let late = Task(executorPreference: loop) {
            withUnsafeCurrentTask { $0?.cancel() }
            try await wait()
        }
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test("A cancelled task ends its wait with CancellationError, whatever it waits for")
    func everyWait() async throws {
        try await withPair { loop, client, _ in
            await expectCancelled(on: loop) {
                var buffer: [UInt8] = []
                _ = try await client.value.read(appendingTo: &buffer)
            }
            await expectCancelled(on: loop) {
                try await client.value.write([UInt8](repeating: 0, count: 50_000_000))
            }
            await expectCancelled(on: loop) { try await loop.sleep(for: .seconds(3600)) }
            await expectCancelled(on: loop) { try await LoopWait<Void>().value(on: loop) }
            await expectCancelled(on: loop) {
                try await client.value.within(.seconds(3600), "reading") {
                    var buffer: [UInt8] = []
                    _ = try await client.value.read(appendingTo: &buffer)
                }
            }
            let listener = OnLoop(try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop))
            await expectCancelled(on: loop) { _ = try await listener.value.accept() }
            // From the outside of the loop, too.
            await expectCancelled(on: loop) { try await loop.perform { try await loop.sleep(for: .seconds(3600)) } }
        }
    }

    @Test("A cancelled reader leaves a writer of the same socket alone, and the other way round")
    func oneSide() async throws {
        try await withPair { loop, client, server in
            let bytes = [UInt8](repeating: 7, count: 8_000_000)
            let writing = Task(executorPreference: loop) { try await client.value.write(bytes) }
            let reading = Task(executorPreference: loop) {
                var buffer: [UInt8] = []
                return try await client.value.read(appendingTo: &buffer)
            }
            await loop.settle()
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            var arrived: [UInt8] = []
            while arrived.count < bytes.count { _ = try await server.value.read(appendingTo: &arrived) }
            try await writing.value
        }
    }

    @Test("A socket can be used again after a cancelled wait")
    func usableAgain() async throws {
        try await withPair { loop, client, server in
            await expectCancelled(on: loop) {
                var buffer: [UInt8] = []
                _ = try await client.value.read(appendingTo: &buffer)
            }
            try await server.value.write([1, 2, 3])
            var buffer: [UInt8] = []
            #expect(try await client.value.read(appendingTo: &buffer) == 3)
        }
    }
}
