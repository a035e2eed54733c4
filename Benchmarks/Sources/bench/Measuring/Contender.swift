/// Somebody who takes turns at the same work as others, so that a busy machine is busy for all of them.
struct Contender: Sendable {
    let name: String
    /// Works for that long and says how it went.
    let turn: @Sendable (Duration) async throws -> Sample

    init(_ name: String, turn: @escaping @Sendable (Duration) async throws -> Sample) {
        self.name = name
        self.turn = turn
    }
}
