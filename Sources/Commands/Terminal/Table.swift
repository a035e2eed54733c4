/// Rows under headings, as lines of plain text.
package struct Table: Sendable {
    /// The side on which a column's cells line up.
    package enum Alignment: Sendable {
        /// Words.
        case left
        /// Numbers.
        case right
    }

    /// A column.
    package struct Column: Sendable {
        let title: String
        let alignment: Alignment
        let maximum: Int?
        let shrinks: Bool

        /// A column of at most `maximum` columns of text; one that `shrinks` gives way when the whole table is too
        /// wide.
        package init(_ title: String, _ alignment: Alignment = .left, maximum: Int? = nil, shrinks: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.maximum = maximum
            self.shrinks = shrinks
        }
    }

    /// A cell.
    package struct Cell: Sendable, ExpressibleByStringLiteral {
        let text: String
        let style: Style?

        /// A text; what does not belong on one line of a terminal is taken out of it.
        package init(_ text: String, _ style: Style? = nil) {
            self.text = text.printable
            self.style = style
        }

        /// A text without a style.
        package init(stringLiteral value: String) { self.init(value) }
    }

    private let columns: [Column]
    private let rows: [[Cell]]

    /// A table; a row has a cell for each column.
    package init(columns: [Column], rows: [[Cell]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The heading and the rows, two spaces between the columns, nothing behind the last word of a line.
    package func lines(fitting width: Int? = nil, inColor: Bool = false) -> [String] {
        let widths = widths(fitting: width)
        let heading = columns.map { Cell($0.title, .bold) }
        return ([heading] + rows).map { line($0, widths: widths, inColor: inColor) }
    }

    private static let gap = 2

    private func widths(fitting width: Int?) -> [Int] {
        var widths = columns.enumerated().map { index, column in
            let widest = rows.reduce(0) { max($0, $1[index].text.displayWidth) }
            // A heading is never cut.
            return max(min(widest, column.maximum ?? .max), column.title.displayWidth)
        }
        guard let width else { return widths }
        for (index, column) in columns.enumerated() where column.shrinks {
            let total = widths.reduce(0, +) + Table.gap * (columns.count - 1)
            widths[index] = max(widths[index] - max(0, total - width), column.title.displayWidth)
        }
        return widths
    }

    private func line(_ cells: [Cell], widths: [Int], inColor: Bool) -> String {
        var line = ""
        var padding = 0
        for (index, (cell, column)) in zip(cells, columns).enumerated() {
            let text = cell.text.truncated(to: widths[index])
            let space = widths[index] - text.displayWidth
            padding += column.alignment == .right ? space : 0
            // Spaces are written only once something follows them.
            if !text.isEmpty {
                line += String(repeating: " ", count: padding) + (cell.style?.applied(to: text, if: inColor) ?? text)
                padding = 0
            }
            padding += (column.alignment == .left ? space : 0) + Table.gap
        }
        return line
    }
}
