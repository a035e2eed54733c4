import Basics

/// Frames that are on their way for a while; they arrive in the order in which they left.
///
/// A change of the delay holds for those under way too. So all of them take equally long, and none overtakes another.
struct DelayLine {
    /// How long each is under way.
    var delay: Duration
    /// What can be under way at a time; a frame that finds the line full is lost, as at any switch.
    let bytesMax: Int

    private var frames: [(bytes: [UInt8], since: ContinuousClock.Instant)] = []
    /// The first of `frames` that has not arrived; those before it are kept until they are half of all.
    private var first = 0
    private(set) var bytes = 0

    init(delay: Duration = .zero, bytesMax: Int = 64 << 20) {
        self.delay = delay
        self.bytesMax = bytesMax
    }

    /// When the next one arrives; nil when none is under way.
    var next: ContinuousClock.Instant? { first < frames.count ? frames[first].since.advanced(by: delay) : nil }

    /// A frame leaves. No earlier one may have left later.
    mutating func take(_ frame: [UInt8], at instant: ContinuousClock.Instant) {
        guard bytes + frame.count <= bytesMax else { return }
        frames.append((frame, instant))
        bytes += frame.count
    }

    /// Those that have arrived since this was asked last.
    mutating func due(_ now: ContinuousClock.Instant) -> [[UInt8]] {
        var arrived: [[UInt8]] = []
        while let next, next <= now {
            arrived.append(frames[first].bytes)
            bytes -= frames[first].bytes.count
            frames[first].bytes = []
            first += 1
        }
        if first * 2 >= frames.count {
            frames.removeFirst(first)
            first = 0
        }
        return arrived
    }
}
