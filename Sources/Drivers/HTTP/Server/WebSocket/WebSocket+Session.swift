import Basics
import Loop

/// The life of a WebSocket: its handler, and the tasks beside it.
extension WebSocket {
    /// Serves it until it is over; being cancelled means saying farewell.
    package func run(early: [UInt8], _ handler: @escaping Handler) async throws {
        // Unstructured because a cancelled task could not wait for the farewell any more.
        let session = Task(executorPreference: loop) { try await self.live(early, handler) }
        try await withTaskCancellationHandler {
            try await session.value
        } onCancel: {
            loop.execute { self.goAway() }
        }
    }

    private func live(_ early: [UInt8], _ handler: @escaping Handler) async throws {
        let writeDeadline = LoopDeadline(on: loop) {
            self.lose(ParlorError(.timeout, "the other end of a WebSocket reads too slowly"))
        }
        // Unstructured so that it can be cancelled alone; it is waited for in what follows.
        let handling = Task(executorPreference: loop) { try await handler(self) }
        self.handling = handling
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.readAll(early) }
            group.addTask { await self.writeAll(writeDeadline) }
            group.addTask { await self.listenForSilence() }
            let result = await handling.result
            stopReceiving()
            end(result.failedItself ? .internalError : .normal)
            try? await ended.value(on: loop)
            farewellTimer?.cancel()
            writeDeadline.close()
            stream.abort(ParlorError(.connection, "the WebSocket is closed"))
            group.cancelAll()
            changed()
        }
        if case .failure(let error) = await handling.result, await handling.result.failedItself { throw error }
    }

    // MARK: - The tasks beside the handler

    private func readAll(_ early: [UInt8]) async {
        if !early.isEmpty { receive(early) }
        var bytes: [UInt8] = []
        while !ended.isDelivered {
            if isInboxFull && codec.wantsInput || isOutboxFull {
                hasHeard = true
                await change()
                continue
            }
            bytes.removeAll(keepingCapacity: true)
            guard let count = try? await stream.read(appendingTo: &bytes), count > 0 else { return lose(nil) }
            hasHeard = true
            // What follows a farewell is only read so that the end is seen.
            if codec.wantsInput { receive(bytes) }
        }
    }

    private func receive(_ bytes: [UInt8]) {
        for event in codec.receive(bytes) {
            switch event {
            case .text(let text): deliver(.text(text))
            case .binary(let bytes): deliver(.binary(bytes))
            case .close(let close):
                self.close = self.close ?? close
                closeInbox()
                handling?.cancel()
                limitFarewell()
            }
        }
        flush()
    }

    private func writeAll(_ deadline: LoopDeadline) async {
        while !ended.isDelivered {
            guard outbox.isEmpty else {
                let bytes = outbox
                (outbox, writing) = ([], bytes.count)
                deadline.move(to: limits.write)
                do { try await stream.write(bytes) } catch { return lose(nil) }
                deadline.lift()
                writing = 0
                changed()
                continue
            }
            if codec.isOver { return over() }
            // The other end broke a rule and may not know it yet: it ends the connection when it has read why.
            if !codec.wantsInput { stream.finishWriting() }
            await change()
        }
    }

    private func listenForSilence() async {
        while !ended.isDelivered {
            hasHeard = false
            guard (try? await loop.sleep(for: limits.silence)) != nil else { return }
            if hasHeard { continue }
            codec.ping()
            flush()
            guard (try? await loop.sleep(for: limits.silence)) != nil else { return }
            guard hasHeard else { return lose(ParlorError(.timeout, "the other end of a WebSocket is silent")) }
        }
    }

    // MARK: - Ends

    private func goAway() {
        guard !ended.isDelivered else { return }
        end(.goingAway)
        handling?.cancel()
    }

    /// Gives the other end some time for its farewell.
    func limitFarewell() {
        guard farewellTimer == nil, !ended.isDelivered else { return }
        farewellTimer = loop.schedule(after: limits.farewell) { self.lose(nil) }
    }

    /// The connection is of no use any more.
    func lose(_ error: ParlorError?) {
        if let error { stream.abort(error) }
        over()
    }

    private func over() {
        close = close ?? (codec.isOver ? .normal : .lost)
        closeInbox()
        handling?.cancel()
        ended.succeed()
        changed()
    }
}

extension Result where Failure == any Error {
    /// Whether there is an error that is not about being called off.
    fileprivate var failedItself: Bool {
        switch self {
        case .success: false
        case .failure(let error): !(error is CancellationError)
        }
    }
}
