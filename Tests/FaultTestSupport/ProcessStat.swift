import Basics

/// What the kernel says of a process in one line.
struct ProcessStat: Equatable {
    /// `R`, `S`, `T` for stopped, `Z` for ended and not reaped, and others.
    let state: Character
    let parent: Int32
    /// When it began, in the kernel's ticks since the start of the machine.
    let began: String

    /// Asks for a process; nil when there is none.
    init?(of pid: Int32) {
        guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return nil }
        // The name stands in brackets and may hold anything, so the fields are counted from the last bracket on.
        let text = String(decoding: bytes, as: UTF8.self)
        guard let bracket = text.lastIndex(of: ")") else { return nil }
        let fields = text[bracket...].split(separator: " ")
        guard fields.count > 20, let state = fields[1].first, let parent = Int32(fields[2]) else { return nil }
        self.state = state
        self.parent = parent
        began = String(fields[20])
    }
}
