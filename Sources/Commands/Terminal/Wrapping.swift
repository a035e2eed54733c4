/// The text in lines of at most `width` columns, broken between words; a longer word stands alone.
package func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init) {
        if line.isEmpty {
            line = word
        } else if line.displayWidth + 1 + word.displayWidth <= width {
            line += " \(word)"
        } else {
            lines.append(line)
            line = word
        }
    }
    return line.isEmpty ? lines : lines + [line]
}
