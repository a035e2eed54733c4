import Basics
import Glibc
import Synchronization

/// A host's cable to the switch while it is slow, since this kernel has no netem that would delay what travels.
///
/// The host's port is taken from the switch's bridge to a bridge of its own, and a thread carries the frames from there
/// to the switch and back, through a device at each end:
///
///     host ── port ── bridge "slow" ── "near" ── thread ── "far" ── bridge of the switch
///
/// Invariants: a frame arrives no earlier than the delay after it left, none overtakes another, and what the thread
/// carries are frames as they would be on a wire, never larger ones that a network card would have cut.
///
/// What travels in the moment in which the cable becomes slow, or is no longer, may get lost.
///
/// On failure: what could not be arranged in `init` is undone before it throws. When the process dies the devices go
/// with it, and the host is cut off until the next lab removes what is left.
final class SlowCable: Sendable {
    private struct Orders {
        var delay: Duration
        var isEnding = false
    }

    private let port: String
    private let bridge: String
    private let network: NetworkNamespace
    private let near: TapDevice
    private let far: TapDevice
    /// A byte in it has the thread look at its orders.
    private let bell: Bell
    private let orders: Mutex<Orders>
    private let thread = Mutex<OwnThread?>(nil)

    /// How many frames are taken from one end before the other one has its turn.
    private static let turn = 256

    /// Puts a delay between a port and the bridge that it is a port of.
    init(_ port: String, of bridge: String, in network: NetworkNamespace, delay: Duration) throws(ParlorError) {
        self.port = port
        self.bridge = bridge
        self.network = network
        orders = Mutex(Orders(delay: delay))
        bell = try Bell()
        near = try TapDevice("near-\(port)", in: network)
        far = try TapDevice("far-\(port)", in: network)
        do throws(ParlorError) { try arrange() } catch {
            try? end()
            throw error
        }
    }

    private var detour: String { "slow-\(port)" }
    private var ends: (near: String, far: String) { ("near-\(port)", "far-\(port)") }

    /// The far end comes last: what the host itself sent before would come back to it through the cable, and the bridge
    /// would learn that the host is there.
    private func arrange() throws(ParlorError) {
        for device in [ends.near, ends.far] {
            // A burst waits in the line and not in the device, which would lose what it has no room for.
            try network.ip("link", "set", device, "txqueuelen", "10000")
        }
        try network.ip("link", "add", detour, "type", "bridge")
        try network.ip("link", "set", detour, "up")
        try network.ip("link", "set", ends.near, "master", detour, "up")
        thread.withLock { $0 = OwnThread { self.carry() } }
        try network.ip("link", "set", port, "master", detour)
        try network.ip("link", "set", ends.far, "master", bridge, "up")
    }

    /// How long each frame takes from one end to the other; those under way are meant too.
    var delay: Duration {
        get { orders.withLock { $0.delay } }
        set {
            orders.withLock { $0.delay = newValue }
            bell.ring()
        }
    }

    /// Makes the port one of the switch again, once what was under way has arrived, which it does at once.
    func end() throws(ParlorError) {
        orders.withLock { $0 = Orders(delay: .zero, isEnding: true) }
        bell.ring()
        thread.withLock { $0.take() }?.join()
        // Not left to the file's closing: a child that another thread has just begun may have it open for a moment.
        for device in [ends.near, ends.far] { try network.ip("link", "delete", device) }
        try network.ip("link", "set", port, "master", bridge)
        try network.ip("link", "delete", detour)
    }

    // MARK: - The thread

    private func carry() {
        var (toSwitch, toHost) = (DelayLine(), DelayLine())
        while true {
            let orders = orders.withLock { $0 }
            (toSwitch.delay, toHost.delay) = (orders.delay, orders.delay)
            Self.take(from: near, into: &toSwitch)
            Self.take(from: far, into: &toHost)
            let now = ContinuousClock.now
            for frame in toSwitch.due(now) { far.put(frame) }
            for frame in toHost.due(now) { near.put(frame) }
            if orders.isEnding { return }
            wait(until: [toSwitch.next, toHost.next].compactMap(\.self).min())
        }
    }

    private static func take(from device: TapDevice, into line: inout DelayLine) {
        for _ in 0..<turn {
            guard let frame = device.next() else { return }
            line.take(frame, at: .now)
        }
    }

    /// Waits for a frame, for other orders, or for the time to come.
    private func wait(until instant: ContinuousClock.Instant?) {
        var events = [near.arrival, far.arrival, bell.arrival]
        let patience = instant.map { min(Duration.seconds(60), $0 - .now).milliseconds + 1 }
        let count = poll(&events, nfds_t(events.count), patience.map { Int32(max(0, $0)) } ?? -1)
        precondition(count >= 0 || errno == EINTR, "the thread of a slow cable cannot wait: \(errnoMeaning(errno))")
        bell.answer()
    }
}

/// Wakes a thread that waits for descriptors.
private final class Bell: Sendable {
    private let ends: (rung: Int32, heard: Int32)

    init() throws(ParlorError) {
        var pair: [Int32] = [-1, -1]
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw .systemCall("socketpair", errno: errno) }
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.rung)
        close(ends.heard)
    }

    var arrival: pollfd { pollfd(fd: ends.heard, events: Int16(POLLIN), revents: 0) }

    /// One that finds no more room has been rung often enough.
    func ring() { _ = write(ends.rung, "!", 1) }

    func answer() {
        var byte: UInt8 = 0
        while read(ends.heard, &byte, 1) == 1 {}
    }
}
