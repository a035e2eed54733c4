extension String {
    /// On one line, at most so many characters of it: nothing in it can end a line or steer what shows it.
    func oneLine(atMost limit: Int) -> String {
        let clean = String(String.UnicodeScalarView(unicodeScalars.map { $0.isSteering ? " " : $0 }))
        return clean.cut(to: limit)
    }

    /// On lines that end with a line feed, at most so many characters of it.
    func lines(atMost limit: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        for scalar in unicodeScalars {
            switch scalar {
            case "\r", "\u{2028}", "\u{2029}": scalars.append("\n")
            case "\n": if last != "\r" { scalars.append("\n") }
            default: scalars.append(scalar != "\t" && scalar.isSteering ? " " : scalar)
            }
            last = scalar
        }
        return String(scalars).cut(to: limit)
    }

    private func cut(to limit: Int) -> String { count > limit ? prefix(limit - 1) + "…" : self }
}

extension Unicode.Scalar {
    /// Whether it ends a line, moves a cursor or turns the direction of writing.
    fileprivate var isSteering: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
