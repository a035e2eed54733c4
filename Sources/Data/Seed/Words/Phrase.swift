/// A sentence with places for what changes: `Is {service} free on {day}?`
struct Phrase: Sendable, ExpressibleByStringLiteral {
    /// What a sentence can mention.
    enum Place: String, CaseIterable, Sendable { case service, day, time, name, price }

    private enum Piece: Sendable {
        case words([UInt8])
        case place(Place)
    }

    private let pieces: [Piece]

    /// Reads a sentence. A place that is not known is a mistake of the tables, and stays in the text for a test.
    init(stringLiteral text: String) {
        var pieces: [Piece] = []
        for (index, part) in text.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
            let halves = part.split(separator: "}", maxSplits: 1, omittingEmptySubsequences: false)
            guard index > 0, halves.count == 2, let place = Place(rawValue: String(halves[0])) else {
                pieces.append(.words(Array((index > 0 ? "{" : "").utf8) + Array(part.utf8)))
                continue
            }
            pieces.append(.place(place))
            pieces.append(.words(Array(halves[1].utf8)))
        }
        self.pieces = pieces
    }

    /// Writes the sentence; `fill` writes what stands in a place.
    func write(into buffer: inout CopyBuffer, _ fill: (Place, inout CopyBuffer) -> Void) {
        for piece in pieces {
            switch piece {
            case .words(let bytes): buffer.append(bytes)
            case .place(let place): fill(place, &buffer)
            }
        }
    }
}

/// A word of the tables, as the bytes that are sent.
struct Word: Sendable, ExpressibleByStringLiteral {
    let bytes: [UInt8]

    init(stringLiteral text: String) { bytes = Array(text.utf8) }

    init(_ text: String) { bytes = Array(text.utf8) }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}
