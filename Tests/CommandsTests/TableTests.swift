import Testing

@testable import Commands

@Suite struct TableTests {
    @Test("Columns line up on their side, and no line ends in spaces")
    func alignment() {
        let table = Table(
            columns: [.init("NAME"), .init("SIZE", .right), .init("NOTE")],
            rows: [["a", "1", ""], ["longer", "1000", "x"]])
        #expect(
            table.lines() == [
                "NAME    SIZE  NOTE",
                "a          1",
                "longer  1000  x",
            ])
    }

    @Test("A cell that is too long ends in an ellipsis")
    func maximum() {
        let table = Table(
            columns: [.init("NAME", maximum: 6), .init("N", .right)], rows: [["abcdefgh", "1"], ["abcdef", "2"]])
        #expect(table.lines() == ["NAME    N", "abcde…  1", "abcdef  2"])
    }

    @Test("A column that shrinks gives way, down to its heading")
    func shrinking() {
        let table = Table(columns: [.init("A"), .init("NOTE", shrinks: true)], rows: [["xx", "0123456789"]])
        #expect(table.lines(fitting: 14) == ["A   NOTE", "xx  0123456789"])
        #expect(table.lines(fitting: 10) == ["A   NOTE", "xx  01234…"])
        #expect(table.lines(fitting: 3) == ["A   NOTE", "xx  012…"])
    }

    @Test("Wide characters and combining marks keep the columns straight")
    func wideCharacters() {
        let table = Table(
            columns: [.init("NAME"), .init("N")],
            rows: [["沙龙", "1"], ["cafe\u{301}", "2"], ["🇩🇪", "3"], ["abcd", "4"]])
        #expect(table.lines() == ["NAME  N", "沙龙  1", "cafe\u{301}  2", "🇩🇪    3", "abcd  4"])
    }

    @Test("A style surrounds the text and not the space beside it")
    func styles() {
        let table = Table(columns: [.init("N", .right), .init("S")], rows: [[.init("1", .red), .init("ok", .green)]])
        #expect(
            table.lines(inColor: true) == [
                "\u{1B}[1mN\u{1B}[0m  \u{1B}[1mS\u{1B}[0m", "\u{1B}[31m1\u{1B}[0m  \u{1B}[32mok\u{1B}[0m",
            ])
        #expect(table.lines() == ["N  S", "1  ok"])
    }

    @Test(
        "The width of a text is what a terminal makes of it",
        arguments: [
            ("", 0), ("abc", 3), ("äöü", 3), ("e\u{301}", 1), ("日本", 4), ("한국", 4), ("ｆｕｌｌ", 8),
            ("👩‍💻", 2), ("🚀!", 3), ("—…", 2),
        ])
    func displayWidth(text: String, width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test(
        "A cut text never takes more room than it has",
        arguments: [
            ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 1, "…"), ("abc", 0, ""),
        ])
    func truncation(text: String, width: Int, expected: String) {
        #expect(text.truncated(to: width) == expected)
    }

    @Test("Text is broken between words, and a word that is too long stands alone")
    func wrapping() {
        #expect(wrapped("one two\nthree", width: 7) == ["one two", "three"])
        #expect(wrapped("a incomprehensible b", width: 6) == ["a", "incomprehensible", "b"])
        #expect(wrapped("", width: 10) == [])
    }

    @Test("A repeated view clears what it covers and fits the screen")
    func repaint() {
        #expect(Repaint.frame(["a", "b"]) == "\u{1B}[Ha\u{1B}[K\nb\u{1B}[K\n\u{1B}[J")
        #expect(Repaint.frame(["a", "b"], height: 3) == Repaint.frame(["a", "b"]))
        #expect(Repaint.frame(["a", "b", "c"], height: 3) == Repaint.frame(["a", "… 2 more lines"]))
    }
}
