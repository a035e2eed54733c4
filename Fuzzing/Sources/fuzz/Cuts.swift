/// The bytes behind the first are a stream: cut in two where the first says, or into single bytes, they must be read as the
/// whole is.
func expectSameHoweverCut(_ bytes: [UInt8], _ read: ([ArraySlice<UInt8>]) -> [String]) {
    guard let first = bytes.first else { return }
    let stream = bytes.dropFirst()
    let middle = stream.index(stream.startIndex, offsetBy: Int(first) % (stream.count + 1))
    let whole = read([stream])
    for pieces in [[stream[..<middle], stream[middle...]], stream.indices.map { stream[$0...$0] }] {
        let story = read(pieces)
        precondition(story == whole, "in \(pieces.count) pieces it is \(story), as a whole \(whole)")
    }
}
