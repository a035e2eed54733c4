/// Cuts what arrives where frames begin, and holds back a control frame until it is whole.
///
/// wslay checks the reason of a farewell piece by piece and takes its code for a part of it, so it must get such a frame
/// in one piece. What is held back is never more than one control frame.
struct WebSocketFrameCutter {
    private var held: [UInt8] = []
    /// What is still to come of the payload of a data frame.
    private var remaining = 0

    /// Takes bytes in; gives back those that can go on, and where a frame ends among them.
    mutating func cut(_ bytes: [UInt8]) -> (bytes: [UInt8], ends: [Int]) {
        held += bytes
        var place = 0
        var ends: [Int] = []
        while place < held.count {
            if remaining == 0 {
                guard let frame = header(at: place), frame.isData || held.count - place >= frame.size + frame.payload
                else { break }
                place += frame.size
                remaining = frame.payload
            }
            let count = min(remaining, held.count - place)
            place += count
            remaining -= count
            if remaining == 0 { ends.append(place) }
        }
        if ends.last != place { ends.append(place) }
        defer { held.removeFirst(place) }
        return (Array(held[..<place]), ends)
    }

    /// The header of a frame; nil while it is not whole. A control frame that is too long to be one counts as data: it is
    /// refused by its header.
    private func header(at start: Int) -> (size: Int, payload: Int, isData: Bool)? {
        let bytes = held[start...]
        guard bytes.count >= 2 else { return nil }
        let short = Int(bytes[start + 1] & 127)
        let extra = short == 126 ? 2 : short == 127 ? 8 : 0
        let size = 2 + extra + (bytes[start + 1] & 128 != 0 ? 4 : 0)
        guard bytes.count >= size else { return nil }
        let payload = extra == 0 ? short : bytes[start + 2..<start + 2 + extra].reduce(0) { $0 << 8 | Int($1) }
        return (size, max(0, payload), bytes[start] & 8 == 0 || payload > 125)
    }
}
