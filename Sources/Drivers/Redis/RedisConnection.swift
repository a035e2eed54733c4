import Basics
public import Loop

/// A connection to a Redis server that many tasks of its loop use at the same time, and that is made anew whenever it
/// breaks.
///
/// Commands travel in the order in which they were given, all those of one turn of the loop together, and nobody waits
/// for another's answer. Invariants:
/// - Each command ends within its time: with its reply, with the server's error, or with an error that says whether it
///   may have taken effect.
/// - A command that was sent is never sent again, unless it is marked as safe to repeat.
/// - What waits while the server is away is bounded; beyond that a command fails at once.
///
/// `ReconnectMachine` decides when to connect and `CommandLedger` what becomes of the commands; here it is done.
/// On failure: a broken link fails what was on its way with `outcomeUnknown`, and what had not been sent goes on waiting
/// for the next link; a server that refuses this client for good fails all that waits.
public final class RedisConnection: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    let loop: EventLoop
    /// What it was made with.
    public let options: RedisOptions
    private let hooks: RedisHooks
    private var ledger: CommandLedger<Request>
    private var machine: ReconnectMachine
    private var link: RedisLink?
    private var upSince: ContinuousClock.Instant?
    private var lastFailure: RedisError?
    private var pause: LoopTimer?
    private var alarm: (timer: LoopTimer, moment: ContinuousClock.Instant)?
    private let firstAttempt = LoopWait<Void>()
    private let drained = LoopWait<Void>()
    private var isClosing = false

    /// A command, and who waits for its answer.
    final class Request {
        let name: String
        var bytes: [UInt8]
        let limit: Duration
        let continuation: CheckedContinuation<RedisValue, any Error>

        init(
            _ name: String, _ bytes: [UInt8], _ limit: Duration,
            _ continuation: CheckedContinuation<RedisValue, any Error>
        ) {
            self.name = name
            self.bytes = bytes
            self.limit = limit
            self.continuation = continuation
        }
    }

    /// Begins to connect; commands may be given at once and wait for the connection.
    public init(_ options: RedisOptions, on loop: EventLoop, hooks: RedisHooks = RedisHooks()) throws(RedisError) {
        precondition(loop.isCurrent, "a connection is made on its loop")
        if let objection = options.objection() { throw objection }
        self.options = options
        self.loop = loop
        self.hooks = hooks
        ledger = CommandLedger(
            .init(
                waitingMax: options.waitingMax, waitingBytesMax: options.waitingBytesMax.bytes,
                inFlightMax: options.inFlightMax, settlingTime: options.settlingTime))
        machine = ReconnectMachine(options.backOff)
        act(.start)
    }

    /// Connects and waits for that; throws when the first attempt fails.
    public static func connect(
        _ options: RedisOptions, on loop: EventLoop, hooks: RedisHooks = RedisHooks()
    ) async throws -> RedisConnection {
        let connection = try RedisConnection(options, on: loop, hooks: hooks)
        do { try await connection.firstAttempt.value(on: loop) } catch {
            connection.closeNow()
            throw error
        }
        return connection
    }

    deinit {
        // The last holder may be anywhere.
        let link = self.link
        let (pause, timer) = (self.pause, alarm?.timer)
        loop.execute {
            link?.close()
            pause?.cancel()
            timer?.cancel()
        }
    }

    /// Whether the server is there.
    public var isConnected: Bool { machine.state == .up }

    /// Whether it was closed, or is being closed.
    public var isClosed: Bool { isClosing }

    /// How many commands wait to be sent, and how many replies are to come.
    public var load: (waiting: Int, inFlight: Int) { (ledger.waitingCount, ledger.inFlightCount) }

    /// What was wrong with the last link, or with the last attempt to make one; nil while all is well.
    public var trouble: RedisError? { lastFailure }

    // MARK: - Commands

    /// Sends bytes that get so many replies, and waits for them: one as it is, several as an array.
    func exchange(
        _ name: String, _ bytes: [UInt8], replies: Int = 1, isSafeToRepeat: Bool, holdsConnection: Bool = false,
        within limit: Duration?
    ) async throws -> RedisValue {
        precondition(loop.isCurrent, "a command is given on its connection's loop: the task must prefer it")
        let number = ledger.nextNumber()
        let limit = limit ?? options.commandTimeout
        let terms = CommandLedger<Request>.Terms(
            bytes: bytes.count, replies: replies, isSafeToRepeat: isSafeToRepeat, holdsConnection: holdsConnection,
            deadline: .now + limit)
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await withCheckedThrowingContinuation { continuation in
                admit(Request(name, bytes, limit, continuation), number, terms)
            }
        } onCancel: {
            loop.execute { self.callOff(number) }
        }
    }

    private func admit(_ request: Request, _ number: UInt64, _ terms: CommandLedger<Request>.Terms) {
        guard !isClosing else { return request.continuation.resume(throwing: RedisError.closed(address)) }
        guard ledger.admit(request, number, terms) else {
            let error = RedisError.queueFull(address, waiting: ledger.waitingCount, lastFailure)
            return request.continuation.resume(throwing: error)
        }
        if machine.state == .up { link?.wake() }
        setAlarm(terms.deadline)
    }

    private func callOff(_ number: UInt64) {
        switch ledger.callOff(number, now: .now) {
        case .late: return
        case .unsent(let request): request.continuation.resume(throwing: CancellationError())
        case .sent(let request, let mustBreakOff):
            request.continuation.resume(throwing: CancellationError())
            if mustBreakOff {
                link?.end(.lost(address, why: "a command that kept the server waiting was called off"))
            } else {
                setAlarm(.now + options.settlingTime)
            }
        }
        checkDrained()
    }

    // MARK: - Time

    /// One timer for all commands, set for the earliest deadline. Most commands are answered long before, and a timer
    /// of their own would cost more than they do.
    private func setAlarm(_ moment: ContinuousClock.Instant) {
        if let alarm, alarm.moment <= moment { return }
        alarm?.timer.cancel()
        let delay = max(.zero, ContinuousClock.now.duration(to: moment))
        alarm = (loop.schedule(after: delay) { [weak self] in self?.alarmRings() }, moment)
    }

    private func alarmRings() {
        alarm = nil
        let (overdue, mustBreakOff) = ledger.expire(.now)
        for (request, wasSent) in overdue {
            let error = RedisError.overdue(request.name, request.limit, wasSent: wasSent, lastFailure)
            request.continuation.resume(throwing: error)
        }
        if mustBreakOff {
            let patience = options.settlingTime.brief
            link?.end(.lost(address, why: "an answer was \(patience) late"))
        }
        if let deadline = ledger.nextDeadline { setAlarm(deadline) }
        checkDrained()
    }

    // MARK: - Connecting

    private var address: String { "\(options.address)" }

    private func act(_ event: ReconnectMachine.Event) {
        switch machine.handle(event, spread: .random(in: 0...1)) {
        case .nothing: break
        case .connect:
            let link = RedisLink(options, on: loop, owner: self)
            self.link = link
            link.open()
        case .pause(let length):
            pause = loop.schedule(after: length) { [weak self] in self?.act(.pauseOver) }
        case .hangUp:
            link?.close()
            link = nil
            pause?.cancel()
            alarm?.timer.cancel()
            alarm = nil
        }
    }

    /// What was on its way when the link ended.
    private func failLost(_ error: RedisError, forGood: Bool = false) {
        for (request, wasRepeated) in ledger.lose(forGood: forGood) {
            let error =
                wasRepeated
                ? RedisError.givenUp(request.name, error) : RedisError.outcomeUnknown(request.name, error)
            request.continuation.resume(throwing: error)
        }
    }

    private func refuseWaiting(_ error: RedisError) {
        for request in ledger.refuseWaiting() { request.continuation.resume(throwing: error) }
    }

    // MARK: - Closing

    /// Takes no more commands, lets those that were given end within `limit`, and hangs up. What has not ended by then
    /// fails.
    public func close(within limit: Duration = .seconds(5)) async {
        guard !isClosing else { return }
        isClosing = true
        if !ledger.isEmpty {
            let drained = self.drained
            let timer = loop.schedule(after: limit) { drained.succeed() }
            defer { timer.cancel() }
            // A cancelled task does not wait.
            _ = try? await drained.value(on: loop)
        }
        closeNow()
    }

    /// Hangs up at once: what was on its way fails as `outcomeUnknown`, what waits as `closed`.
    public func closeNow() {
        isClosing = true
        act(.close)
        let error = RedisError.closed(address)
        firstAttempt.fail(error)
        refuseWaiting(error)
        failLost(error, forGood: true)
        drained.succeed()
    }

    private func checkDrained() {
        if isClosing && ledger.isEmpty { drained.succeed() }
    }
}

// MARK: - The link's reports

extension RedisConnection: RedisLinkOwner {
    func linkOpened(_ link: RedisLink) {
        guard link === self.link else { return }
        lastFailure = nil
        upSince = .now
        act(.opened)
        hooks.connected?()
        firstAttempt.succeed()
    }

    func outgoing(for link: RedisLink) -> [UInt8] {
        var bytes: [UInt8] = []
        guard link === self.link else { return bytes }
        // What is handed over counts as sent, so the rest stays here, where it can still be taken back.
        while bytes.count < 256 << 10, let (request, isSafeToRepeat) = ledger.sendNext() {
            bytes += request.bytes
            if !isSafeToRepeat { request.bytes = [] }
        }
        return bytes
    }

    func link(_ link: RedisLink, received reply: RedisValue) {
        guard link === self.link else { return }
        switch ledger.answer(reply) {
        case .unexpected: link.end(link.unasked)
        case .partial: break
        case .complete(let request, let value): request?.continuation.resume(returning: value)
        }
    }

    func linkCaughtUp(_ link: RedisLink) {
        guard link === self.link else { return }
        if ledger.waitingCount > 0 { link.wake() }
        checkDrained()
    }

    func linkEnded(_ link: RedisLink, _ error: RedisError) {
        guard link === self.link else { return }
        self.link = nil
        lastFailure = error
        firstAttempt.fail(error)
        if let since = upSince.take() {
            failLost(error)
            act(.lost(after: ContinuousClock.now - since))
        } else {
            // Waiting helps nobody when the password is wrong; the server may be told better, hence further attempts.
            if !error.isTransient { refuseWaiting(error) }
            act(.failed)
        }
        hooks.disconnected?(error)
        checkDrained()
    }
}
