public import Basics

/// What stands in `status` about one part.
public struct PartStatus: Equatable, Sendable {
    /// Where a part stands in its life.
    public enum State: String, Sendable, CaseIterable {
        /// Parts that it needs are not ready yet.
        case waiting
        /// What its program needs is being made.
        case preparing
        /// Its program runs but does not answer yet.
        case starting
        /// It answers.
        case ready
        /// It answered once and does not any more.
        case unresponsive
        /// Its program ended and is started again after a wait.
        case backingOff = "backing_off"
        /// It was asked to stop.
        case stopping
        /// It does not run, and should not.
        case stopped
        /// It could not be started, and the supervisor gave up on it.
        case failed
    }

    /// The name.
    public var name: String
    /// The kind.
    public var kind: String
    /// Where it stands.
    public var state: State
    /// Its process.
    public var pid: Int32?
    /// The port that clients use.
    public var port: Int?
    /// When it came into this state.
    public var since: Timestamp
    /// The memory of its processes; known to `Supervisor.status` alone.
    public var memory: ByteCount?
    /// How often its program was started again after it had ended by itself.
    public var restarts: Int
    /// Why that happened the last time.
    public var lastRestartReason: String?
    /// What is wrong now, or what it is waiting for.
    public var detail: String?

    /// A part at a moment.
    public init(
        name: String, kind: String, state: State, pid: Int32? = nil, port: Int? = nil, since: Timestamp,
        memory: ByteCount? = nil, restarts: Int = 0, lastRestartReason: String? = nil, detail: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.state = state
        self.pid = pid
        self.port = port
        self.since = since
        self.memory = memory
        self.restarts = restarts
        self.lastRestartReason = lastRestartReason
        self.detail = detail
    }
}
