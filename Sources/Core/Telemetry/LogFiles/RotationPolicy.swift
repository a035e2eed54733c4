/// When a file that grows is put aside, and which names the older ones get then.
struct RotationPolicy: Hashable, Sendable {
    /// The size that a file should not exceed.
    var limit: Int
    /// How many older files stay.
    var keep: Int

    /// One file taking another's place.
    struct Move: Hashable, Sendable {
        var from: String
        var to: String
    }

    /// Whether a file of `size` bytes is put aside before `count` more go into it. An empty file takes anything.
    func rotates(size: Int, adding count: Int) -> Bool { size > 0 && count > limit - size }

    /// The moves that free `path`, in their order. The oldest file is replaced only when no number is free.
    func moves(for path: String, exists: (String) -> Bool) -> [Move] {
        guard keep > 0 else { return [] }
        let free = (1...keep).first { !exists("\(path).\($0)") } ?? keep
        let older = stride(from: free, to: 1, by: -1).map { Move(from: "\(path).\($0 - 1)", to: "\(path).\($0)") }
        return older + [Move(from: path, to: "\(path).1")]
    }
}
