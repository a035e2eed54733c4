import Basics
import TestSupport
import Testing

@Suite struct GoldenFileTests {
    @Test("A text that changed is shown beside the expected one, with the way to accept it")
    func complaint() throws {
        try withTemporaryFolder { folder in
            let golden = GoldenFile("sample", testFile: "\(folder)/Tests.swift")
            #expect(try golden.complaint(about: "a\n")?.hasPrefix("there is no golden file sample.txt yet\n") == true)
            try golden.update(to: "one\ntwo\nthree\nfour\nfive\nsix\n")
            #expect(try golden.complaint(about: "one\ntwo\nthree\nfour\nfive\nsix\n") == nil)
            let complaint = try golden.complaint(about: "one\ntwo\nthree\nfour\n5\nsix\n")
            #expect(
                complaint == """
                    the text is not that of sample.txt (- expected, + printed)
                    …
                      three
                      four
                    - five
                    + 5
                      six
                    To accept the new text, run the tests with UPDATE_GOLDEN=1 and read the change of sample.txt.
                    """)
        }
    }

    @Test(
        "A difference can be seen wherever it is",
        arguments: [
            ("a\nb\n", "a\nb", "  a\n- b\n+ b⏎ missing"), ("", "a\n", "+ a"), ("a\n", "", "- a"),
            ("a\n", "a\n\n", "  a\n+ "),
        ])
    func difference(old: String, new: String, expected: String) {
        #expect(LineDifference(from: old, to: new).description == expected)
    }

    @Test("A seed repeats its numbers")
    func seed() {
        var first = SeededGenerator(seed: 7)
        var second = SeededGenerator(seed: 7)
        var other = SeededGenerator(seed: 8)
        let numbers = (0..<10).map { _ in first.next() }
        #expect(numbers == (0..<10).map { _ in second.next() })
        #expect(numbers != (0..<10).map { _ in other.next() })
    }

    @Test("A temporary folder is gone afterwards, even after an error")
    func temporaryFolder() throws {
        struct Stop: Error {}
        let folder = try withTemporaryFolder { folder in
            try Files.writeAtomically("x", to: "\(folder)/file")
            return folder
        }
        #expect(!Files.exists(folder))
        #expect(throws: Stop.self) { try withTemporaryFolder { (_: String) in throw Stop() } }
    }
}
