/// Paints a view over the one before, for `--watch`.
package enum Repaint {
    /// What empties the screen once, before the first view.
    package static let opening = "\u{1B}[2J"

    /// The view from the upper left corner on. Each line clears its own rest and the last one what is left below, so
    /// that nothing flickers; what does not fit on `height` lines is counted instead of scrolled.
    package static func frame(_ lines: [String], height: Int? = nil) -> String {
        var shown = lines
        // The cursor rests on the last line of the screen.
        if let height, lines.count > height - 1 {
            let kept = max(0, height - 2)
            shown = lines.prefix(kept) + ["… \(lines.count - kept) more lines"]
        }
        return "\u{1B}[H" + shown.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J"
    }
}
