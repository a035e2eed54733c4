import Basics
import Loop
import LoopTestSupport
import TLS
import TLSTestSupport
import TestSupport
import Testing

@Suite struct FaultTests {
    @Test(
        "A connection that is cut during the handshake is an error at the end that still waited",
        arguments: [
            (ProxyDirection.toServer, 1), (.toServer, 5), (.toServer, 100), (.toClient, 1), (.toClient, 60),
            (.toClient, 500),
        ])
    func cut(direction: ProxyDirection, bytes: Int) async throws {
        try await withMeeting { meeting in
            meeting.proxy.cut(direction, after: bytes)
            let server = try TLSServer(TLSServerOptions(identity: try meeting.authority.issue(for: [Meeting.name])))
            let ends = try await meeting.shakeHands(try TLSClient(meeting.believing), server)
            for end in [ends.client, ends.server] {
                let error = try #require(end.error)
                #expect(error.code == .connection, "\(error)")
                #expect(error.tlsFault == .cutInHandshake || error.tlsFault == nil, "\(error)")
            }
        }
    }

    @Test("A handshake that stalls hits its limit at either end", arguments: [false, true])
    func stalled(isServer: Bool) async throws {
        let clock = ManualClock()
        try await withMeeting(clock: .manual(clock)) { meeting in
            let (near, far) = try await meeting.plainEnds()
            let ends = OnLoop((near: near, far: far))
            let server = try TLSServer(TLSServerOptions(identity: try meeting.authority.issue(for: [Meeting.name])))
            let client = try TLSClient(meeting.believing)
            // The other end says nothing at all.
            let shaking = Task(executorPreference: meeting.loop) {
                if isServer {
                    _ = try await server.accept(over: ends.value.far, within: .seconds(10))
                } else {
                    _ = try await client.connect(over: ends.value.near, host: Meeting.name, within: .seconds(10))
                }
            }
            await clock.timersArePending()
            await clock.advance(by: .seconds(10))
            let error = await #expect(throws: ParlorError.self) { try await shaking.value }
            #expect(error?.code == .timeout)
            let whom = isServer ? "\(ends.value.far.peer)" : "salon.example (\(meeting.proxy.address))"
            #expect(error?.what == "the handshake of TLS with \(whom) took longer than 10 s")
        }
    }

    @Test("A handshake in which any byte was changed fails at one end at least, and neither end hangs")
    func corruptedHandshake() async throws {
        try await withMeeting { meeting in
            var generator = SeededGenerator()
            let server = try TLSServer(TLSServerOptions(identity: try meeting.authority.issue(for: [Meeting.name])))
            let client = try TLSClient(meeting.believing)
            for _ in 0..<12 {
                // Within the client's hello, beyond the head of its record, whose version nobody looks at.
                meeting.proxy.corrupt(.toServer, at: .random(in: 5..<200, using: &generator))
                let ends = try await meeting.shakeHands(client, server, within: .milliseconds(500))
                #expect(ends.client.error != nil || ends.server.error != nil, generator.note)
                for case .secure(let stream) in [ends.client, ends.server] { stream.close() }
            }
        }
    }

    @Test("A record that was changed on its way is an error, and what came before it is whole")
    func corruptedRecord() async throws {
        try await withMeeting { meeting in
            meeting.proxy.corrupt(.toClient, at: 40_000)
            let ends = OnLoop(try await meeting.secureEnds())
            try await ends.value.server.write([UInt8](repeating: 7, count: 100_000))
            var arrived: [UInt8] = []
            let error = await #expect(throws: ParlorError.self) {
                while try await ends.value.client.read(appendingTo: &arrived) > 0 {}
            }
            #expect(error?.tlsFault == .corrupted)
            #expect(error?.code == .protocolViolation)
            #expect(arrived.count < 40_000 && !arrived.isEmpty && arrived.allSatisfy { $0 == 7 })
            // The stream has failed for good, and the other end is told.
            await #expect(throws: ParlorError.self) { try await ends.value.client.write([1]) }
            let other = await #expect(throws: ParlorError.self) { try await ends.value.server.readAll() }
            #expect(other?.tlsFault == .refused("bad record mac"))
        }
    }

    @Test("Bytes that somebody slips in are an error")
    func injected() async throws {
        try await withMeeting { meeting in
            let ends = OnLoop(try await meeting.secureEnds())
            try await meeting.proxy.inject(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
            let error = await #expect(throws: ParlorError.self) { try await ends.value.client.readAll() }
            #expect(error?.tlsFault == .corrupted)
        }
    }

    @Test("An end without a farewell is an error, unless the options allow it", arguments: [false, true])
    func truncated(isAllowed: Bool) async throws {
        try await withMeeting { meeting in
            var options = meeting.believing
            options.allowsTruncation = isAllowed
            let ends = OnLoop(try await meeting.secureEnds(options))
            try await ends.value.server.write(Array("hello".utf8))
            #expect(try await ends.value.client.readText() == "hello")
            meeting.proxy.halfClose()
            guard !isAllowed else {
                #expect(try await ends.value.client.readAll() == [])
                // The other direction still works.
                try await ends.value.client.write(Array("bye".utf8))
                #expect(try await ends.value.server.readText() == "bye")
                return
            }
            let error = await #expect(throws: ParlorError.self) { try await ends.value.client.readAll() }
            #expect(error?.tlsFault == .truncated)
            #expect(error?.code == .connection)
            #expect(error?.why == "it ended without a farewell, so what arrived may be only a part")
        }
    }

    @Test("A slow network only delays a handshake and what follows it")
    func slow() async throws {
        try await withMeeting { meeting in
            meeting.proxy.slow(bytesPerTick: 100)
            let ticking = Task(executorPreference: meeting.loop) {
                while !Task.isCancelled {
                    meeting.proxy.tick()
                    await Task.yield()
                }
            }
            defer { ticking.cancel() }
            let (client, server) = try await meeting.secureEnds()
            try await server.write([UInt8](repeating: 7, count: 30_000))
            server.finishWriting()
            #expect(try await client.readAll().count == 30_000)
        }
    }
}
