extension String {
    /// The columns that the text takes on a terminal: none for combining marks, two for East Asian and emoji
    /// characters.
    package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The beginning that fits into `width` columns, with `…` where something was cut off.
    package func truncated(to width: Int) -> String {
        guard displayWidth > width else { return self }
        guard width > 0 else { return "" }
        var text = ""
        var room = width - 1
        for character in self {
            room -= character.displayWidth
            guard room >= 0 else { break }
            text.append(character)
        }
        return text + "…"
    }

    /// The text on one line and without control characters, which could move the cursor or hide what is there.
    package var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    guard scalar.properties.generalCategory == .control else { return scalar }
                    return scalar == "\n" || scalar == "\t" || scalar == "\r" ? " " : "\u{FFFD}"
                }))
    }
}

extension Character {
    var displayWidth: Int {
        if isASCII { return 1 }
        return unicodeScalars.reduce(0) { max($0, $1.displayWidth) }
    }
}

extension Unicode.Scalar {
    /// The blocks that terminals draw two columns wide, after East Asian Width (Unicode annex 11), in their order.
    private static let wideBlocks: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F5FF, 0x1F900...0x1F9FF,
        0x20000...0x3FFFD,
    ]

    fileprivate var displayWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .control: return 0
        // The selector asks for the picture instead of the sign, as in ❤️.
        case .format: return 0
        default: break
        }
        return properties.isEmojiPresentation || Self.wideBlocks.contains { $0.contains(value) } ? 2 : 1
    }
}
