package import Loop

/// Has messages wait for their turn: the scheduler with a clock.
///
/// Its limits hold for what goes through it, so of all processes one at a time sends for a number.
package final class SendPacer: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only.

    /// What a message that waited may do.
    package enum Permit: Hashable, Sendable {
        /// It goes out; `finish` must be told of its end.
        case go(SendRequest)
        /// It comes back after so long.
        case later(Duration)
    }

    private let loop: EventLoop
    private var scheduler: SendScheduler
    private var waiting: [UInt64: LoopWait<Permit>] = [:]
    private var timer: LoopTimer?
    private var lastID: UInt64 = 0
    private var remembered: Set<String> = []

    /// A pacer on a loop.
    package init(_ pace: SendPace = SendPace(), on loop: EventLoop) {
        self.loop = loop
        scheduler = SendScheduler(pace)
    }

    /// Whether it was told to whom a number wrote before.
    package func remembers(_ number: String) -> Bool { remembered.contains(number) }

    /// A number of an account wrote to these people before, each so long ago. Told again, it is not heard.
    package func remember(_ recipients: [(String, Duration)], of number: String, account: String) {
        guard remembered.insert(number).inserted else { return }
        scheduler.remember(recipients, of: account, at: loop.now)
    }

    /// A number got messages, which count against its rate.
    package func noteInbound(_ number: String, _ count: Int) {
        for _ in 0..<count { scheduler.noteInbound(number, at: loop.now) }
    }

    /// Waits until a message may go out, or for the word that this takes too long.
    package func turn(of request: SendRequest) async throws -> Permit {
        var request = request
        lastID += 1
        request.id = lastID
        let wait = LoopWait<Permit>()
        waiting[request.id] = wait
        scheduler.offer(request)
        move()
        do {
            return try await wait.value(on: loop)
        } catch {
            // Cancelled: it may have been released in the same moment, and then nothing comes of it.
            if waiting.removeValue(forKey: request.id) != nil {
                scheduler.withdraw(request)
            } else {
                finish(request, .retry(because: "called off"))
            }
            throw error
        }
    }

    /// What went out is over.
    package func finish(_ request: SendRequest, _ verdict: SendVerdict) {
        scheduler.finish(request, verdict, at: loop.now)
        move()
    }

    private func move() {
        timer?.cancel()
        timer = nil
        let turn = scheduler.next(at: loop.now)
        for request in turn.released { waiting.removeValue(forKey: request.id)?.succeed(.go(request)) }
        for one in turn.deferred { waiting.removeValue(forKey: one.request.id)?.succeed(.later(one.pause)) }
        guard let wake = turn.wake else { return }
        timer = loop.schedule(after: max(.milliseconds(1), wake - loop.now)) { self.move() }
    }
}
