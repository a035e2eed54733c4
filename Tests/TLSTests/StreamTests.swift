import Basics
import Loop
import LoopTestSupport
import TLS
import TestSupport
import Testing

@Suite struct StreamTests {
    @Test("Megabytes travel both ways at once while both writers wait for slow readers")
    func bothWays() async throws {
        try await withMeeting { meeting in
            var generator = SeededGenerator()
            let there = (0..<3_000_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let back = Array(there.reversed())
            let ends = OnLoop(try await meeting.secureEnds())
            async let writing: Void = Self.send(there, over: ends.value.client)
            async let answering: Void = Self.send(back, over: ends.value.server)
            async let arrived = Self.readInPieces(ends.value.server)
            let returned = try await Self.readInPieces(ends.value.client)
            #expect(try await arrived == there, generator.note)
            #expect(returned == back, generator.note)
            try await writing
            try await answering
        }
    }

    private static func send(_ bytes: [UInt8], over stream: TLSStream) async throws {
        try await stream.write(bytes)
        stream.finishWriting()
    }

    private static func readInPieces(_ stream: TLSStream) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while try await stream.read(appendingTo: &bytes, atMost: 1 + bytes.count % 9000) > 0 { await Task.yield() }
        return bytes
    }

    @Test("Many small writes arrive in order, through a network that passes three bytes at a time")
    func smallWrites() async throws {
        try await withMeeting { meeting in
            meeting.proxy.trickle(bytes: 3)
            let ends = OnLoop(try await meeting.secureEnds())
            async let writing: Void = {
                for number in 0..<300 { try await ends.value.client.write(Array("\(number) ".utf8)) }
                ends.value.client.finishWriting()
            }()
            let text = String(decoding: try await ends.value.server.readAll(), as: UTF8.self)
            #expect(text == (0..<300).map { "\($0) " }.joined())
            try await writing
        }
    }

    @Test("An end that has finished writing goes on reading")
    func halfClose() async throws {
        try await withMeeting { meeting in
            let (client, server) = try await meeting.secureEnds()
            try await client.write(Array("the question".utf8))
            client.finishWriting()
            client.finishWriting()
            let refused = await #expect(throws: ParlorError.self) { try await client.write([1]) }
            #expect(refused?.what.hasSuffix("nothing more can be written") == true)
            #expect(try await server.readAll() == Array("the question".utf8))
            // The end is said as often as it is asked for.
            #expect(try await server.readAll() == [])
            try await server.write(Array("the answer".utf8))
            server.close()
            #expect(try await client.readAll() == Array("the answer".utf8))
        }
    }

    @Test("A farewell behind more than the network takes now follows it later")
    func lateFarewell() async throws {
        try await withMeeting { meeting in
            let ends = OnLoop(try await meeting.secureEnds())
            meeting.proxy.stall()
            let bytes = [UInt8](repeating: 7, count: 8_000_000)
            let writing = Task(executorPreference: meeting.loop) { try await ends.value.client.write(bytes) }
            // The writer is cancelled in the middle of a record; what it has begun is still sent whole.
            for _ in 0..<10 { await Task.yield() }
            writing.cancel()
            await #expect(throws: CancellationError.self) { try await writing.value }
            ends.value.client.finishWriting()
            meeting.proxy.release()
            let arrived = try await ends.value.server.readAll()
            #expect(arrived.count.isMultiple(of: 16_384) && arrived.count < bytes.count)
            #expect(arrived.allSatisfy { $0 == 7 })
        }
    }

    @Test("Cancelling a task ends its read, and the stream can still be used")
    func cancelledRead() async throws {
        try await withMeeting { meeting in
            let ends = OnLoop(try await meeting.secureEnds())
            let reading = Task(executorPreference: meeting.loop) { try await ends.value.client.readAll() }
            await Task.yield()
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            try await ends.value.server.write(Array("hello".utf8))
            #expect(try await ends.value.client.readText() == "hello")
        }
    }

    @Test("A limit ends a read that nothing arrives for")
    func limit() async throws {
        try await withMeeting { meeting in
            let ends = OnLoop(try await meeting.secureEnds())
            let error = await #expect(throws: ParlorError.self) {
                try await ends.value.client.within(.milliseconds(5), "reading") {
                    try await ends.value.client.readAll()
                }
            }
            #expect(error?.code == .timeout)
            #expect(error?.what == "reading took longer than 5 ms")
        }
    }

    @Test("A stream that was aborted ends for the other side as a cut, not as an end")
    func aborted() async throws {
        try await withMeeting { meeting in
            let ends = OnLoop(try await meeting.secureEnds())
            try await ends.value.server.write(Array("half of".utf8))
            ends.value.server.abort(ParlorError(.cancelled, "enough"))
            ends.value.server.close()
            let error = await #expect(throws: ParlorError.self) { try await ends.value.client.readAll() }
            #expect(error?.tlsFault == .truncated)
        }
    }

    @Test("A closed stream says that it is closed")
    func closed() async throws {
        try await withMeeting { meeting in
            let ends = OnLoop(try await meeting.secureEnds())
            ends.value.client.close()
            ends.value.client.close()
            let error = await #expect(throws: ParlorError.self) { try await ends.value.client.readAll() }
            #expect(error?.what == "the connection is closed")
            await #expect(throws: ParlorError.self) { try await ends.value.client.write([1]) }
            #expect(try await ends.value.server.readAll() == [])
        }
    }

    @Test("A handshake and what follows it stay on the loop's thread without a hop")
    func noHops() async throws {
        try await withMeeting { meeting in
            let before = meeting.loop.hops
            let (client, server) = try await meeting.secureEnds()
            for _ in 0..<50 {
                try await client.write(Array("ping".utf8))
                #expect(try await server.readText() == "ping")
                try await server.write(Array("pong".utf8))
                #expect(try await client.readText() == "pong")
            }
            #expect(meeting.loop.hops == before)
        }
    }
}
