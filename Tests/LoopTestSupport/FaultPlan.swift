/// A way through a proxy.
public enum ProxyDirection: Sendable {
    /// What the client says.
    case toServer
    /// What the server answers.
    case toClient
}

/// What happens to the bytes of one direction of one connection, counted from its beginning.
struct FaultPlan {
    /// The byte whose bits are turned over.
    var corruptedByte: Int?
    /// How many bytes pass before the connection is cut.
    var bytesBeforeCut: Int?
    private var passed = 0

    /// What is left of `bytes` when they have come this way, and whether the connection is cut behind them.
    mutating func apply(to bytes: inout [UInt8]) -> Bool {
        if let place = corruptedByte, bytes.indices.contains(place - passed) { bytes[place - passed] ^= 0xFF }
        var isCut = false
        if let last = bytesBeforeCut, passed + bytes.count >= last {
            bytes.removeLast(passed + bytes.count - max(last, passed))
            isCut = true
        }
        passed += bytes.count
        return isCut
    }
}
