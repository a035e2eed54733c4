import Basics
import Loop
import LoopTestSupport
import Redis
import RedisTestSupport
import Testing

@Suite struct SubscriberTests {
    /// A subscriber through a proxy, and a connection beside it that publishes.
    private func withSubscriber(
        _ hooks: RedisHooks = RedisHooks(), pingInterval: Duration = .seconds(60),
        _ body:
            @escaping @Sendable (RedisSubscriber, RedisConnection, FaultProxy, EventLoop, String) async throws -> Void
    ) async throws {
        let direct = try TestRedis.shared().options
        try await withRedisProxy { proxy, options, loop in
            var options = options
            options.pingInterval = pingInterval
            let subscriber = try RedisSubscriber(options, on: loop, hooks: hooks)
            defer { subscriber.close() }
            let publisher = try await RedisConnection.connect(direct, on: loop)
            defer { publisher.closeNow() }
            try await body(subscriber, publisher, proxy, loop, "channel\(options.database)")
        }
    }

    private func texts(_ stream: AsyncStream<RedisNotification>, _ count: Int) async -> [String] {
        var texts: [String] = []
        for await notification in stream.prefix(count) {
            switch notification {
            case .message(let message): texts.append((try? message.text()) ?? "?")
            case .gap(let gap): texts.append("\(gap)")
            }
        }
        return texts
    }

    @Test("Messages of channels and patterns arrive in order, from the moment the subscription is there")
    func messages() async throws {
        try await withSubscriber { subscriber, publisher, _, _, name in
            let channel = try await subscriber.subscribe(to: name)
            let both = try await subscriber.subscribe(to: [.channel(name), .pattern("\(name):*")])
            for number in 0..<100 { #expect(try await publisher.send(.publish(number, to: name)).integer() == 1) }
            try await publisher.send(.publish("x", to: "\(name):7"))
            #expect(await texts(channel, 100) == (0..<100).map { "\($0)" })
            #expect(await texts(both, 101) == (0..<100).map { "\($0)" } + ["x"])
        }
    }

    @Test("After a broken connection the topics are there again, and a gap stands where messages are missing")
    func reconnected() async throws {
        try await withSubscriber { subscriber, publisher, proxy, loop, name in
            let stream = try await subscriber.subscribe(to: [.channel(name), .pattern("\(name):*")])
            try await publisher.send(.publish("before", to: name))
            // Messages that the cut catches on their way are lost, so it waits for this one.
            var iterator = stream.makeAsyncIterator()
            guard case .message = await iterator.next() else { return #expect(Bool(false), "a message") }
            proxy.cut()
            #expect(await iterator.next() == .gap(.reconnected))
            #expect(try await publisher.send(.publish("after", to: name)).integer() == 1)
            guard case .message(let message) = await iterator.next() else { return #expect(Bool(false), "a message") }
            #expect(try message.text() == "after")
            #expect(proxy.connectionCount == 2)
        }
    }

    @Test("A connection that falls silent is noticed although nobody sends anything, and made anew")
    func silent() async throws {
        let givenUp = LoopWait<RedisError>()
        var hooks = RedisHooks()
        hooks.disconnected = { givenUp.succeed($0) }
        try await withSubscriber(hooks, pingInterval: .milliseconds(50)) { subscriber, publisher, proxy, loop, name in
            let stream = try await subscriber.subscribe(to: name)
            proxy.stall()
            var iterator = stream.makeAsyncIterator()
            let trouble = try await givenUp.value(on: loop)
            #expect(trouble.explained.why == "it gave no sign of life")
            proxy.release()
            #expect(await iterator.next() == .gap(.reconnected))
            try await publisher.send(.publish("after", to: name))
            guard case .message = await iterator.next() else { return #expect(Bool(false), "a message") }
        }
    }

    @Test("A reader who is too slow finds what fitted, then a gap that says how much is missing")
    func overflow() async throws {
        try await withSubscriber { subscriber, publisher, _, loop, name in
            let slow = try await subscriber.subscribe(to: [.channel(name)], bufferMax: 10)
            let quick = try await subscriber.subscribe(to: [.channel(name)])
            for number in 0..<25 { try await publisher.send(.publish(number, to: name)) }
            _ = await texts(quick, 25)
            #expect(await texts(slow, 11) == (0..<10).map { "\($0)" } + ["overflow(dropped: 15)"])
            try await publisher.send(.publish("next", to: name))
            #expect(await texts(slow, 1) == ["next"])
        }
    }

    @Test("A stream that is dropped, or whose reader is cancelled, ends its subscription at the server")
    func dropped() async throws {
        try await withSubscriber { subscriber, publisher, _, loop, name in
            func listeners() async throws -> Int64 {
                try await publisher.send(RedisCommand("PUBSUB", "NUMSUB", name)).elements()[1].integer()
            }
            let reader = Task.immediate(executorPreference: loop) {
                let stream = try await subscriber.subscribe(to: name)
                for await _ in stream {}
            }
            while try await listeners() == 0 { await Task.yield() }
            reader.cancel()
            _ = await reader.result
            while try await listeners() == 1 { await Task.yield() }
            do { _ = try await subscriber.subscribe(to: name) }
            while try await listeners() == 1 { await Task.yield() }
        }
    }

    @Test("A server that is not there is an error in its time, and a closed subscriber ends its streams")
    func ends() async throws {
        try await withSubscriber { subscriber, _, proxy, _, name in
            let stream = try await subscriber.subscribe(to: name)
            proxy.stall()
            let error = await #expect(throws: RedisError.self) {
                try await subscriber.subscribe(to: [.channel("\(name)b")], within: .milliseconds(20))
            }
            #expect(error?.kind == .overdue)
            subscriber.close()
            #expect(await texts(stream, 1) == [])
            await #expect(throws: RedisError.self) { try await subscriber.subscribe(to: name) }
        }
    }

    @Test("A channel that the user may not listen to is refused with the server's code")
    func forbidden() async throws {
        try await withRedis { options, loop in
            let owner = try await RedisConnection.connect(options, on: loop)
            defer { owner.closeNow() }
            let name = "listener\(options.database)"
            try await owner.send(RedisCommand("ACL", "SETUSER", name, "on", ">word", "~*", "resetchannels", "+@all"))
            var options = options
            options.user = name
            options.password = Secret("word")
            let subscriber = try RedisSubscriber(options, on: loop)
            defer { subscriber.close() }
            let error = await #expect(throws: RedisError.self) { try await subscriber.subscribe(to: "closed") }
            #expect(error?.kind == .command && error?.code == .noPermission)
            try await owner.send(RedisCommand("ACL", "DELUSER", name))
        }
    }
}
