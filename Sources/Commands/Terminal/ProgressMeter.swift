import Basics

/// How far something has come of what is to be done: how much, at which rate, and how long it may still take.
///
/// On a terminal one line is written over and over, elsewhere a line now and then.
struct ProgressMeter {
    private let isTerminal: Bool
    private let words: (_ done: Int) -> String
    private let rate: (_ perSecond: Int) -> String
    private let began: ContinuousClock.Instant
    private var told: ContinuousClock.Instant
    private var toldDone: Int?
    private var isWholeTold = false
    private var isLineOpen = false

    /// A meter that begins now; `words` and `rate` say an amount and an amount for each second.
    init(
        isTerminal: Bool, at now: ContinuousClock.Instant = .now, words: @escaping (Int) -> String,
        rate: @escaping (Int) -> String
    ) {
        (self.isTerminal, self.words, self.rate) = (isTerminal, words, rate)
        (began, told) = (now, now)
    }

    /// The text for what is done by now; empty when it is too early for another one.
    mutating func text(_ done: Int, of total: Int, at now: ContinuousClock.Instant = .now) -> String {
        guard now - told >= (isTerminal ? .milliseconds(200) : .seconds(10)) || done == total && !isWholeTold,
            done != toldDone
        else {
            return ""
        }
        (told, toldDone, isWholeTold) = (now, done, done == total)
        let elapsed = (now - began).seconds
        let speed = elapsed > 0 ? Double(done) / elapsed : 0
        var text = "  \(words(done)) (\(min(100, done * 100 / max(1, total))) %), \(rate(Int(speed)))"
        if done < total, speed > 0 {
            text += ", about \(Duration.seconds(Int(Double(total - done) / speed) + 1).brief) to go"
        }
        isLineOpen = isTerminal
        return isTerminal ? "\r\(text)\u{1B}[K" : text + "\n"
    }

    /// Ends a line that stands open.
    mutating func end() -> String {
        defer { isLineOpen = false }
        return isLineOpen ? "\n" : ""
    }
}
