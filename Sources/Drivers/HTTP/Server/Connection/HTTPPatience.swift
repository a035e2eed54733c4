/// How long a client may still keep a server waiting for a body.
///
/// It begins with a full measure, waiting uses it up, and each byte gives a little of it back: a body may take hours,
/// but not by dripping.
struct HTTPPatience {
    private let measure: Duration
    private let perByte: Duration
    /// What is left of it.
    private(set) var left: Duration

    /// `rate` bytes in a second are enough to go on for ever.
    init(_ measure: Duration, rate: Int) {
        self.measure = measure
        perByte = .seconds(1) / max(1, rate)
        left = measure
    }

    /// So many bytes came after so long a wait.
    mutating func received(_ bytes: Int, after wait: Duration) {
        left = max(.zero, min(measure, left - wait + perByte * bytes))
    }
}
