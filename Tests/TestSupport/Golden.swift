package import Basics
import Glibc
package import Testing

/// Texts that people read, kept beside the tests in files of their own.
///
/// A test compares what the program prints with `Golden/<name>.txt` in the folder of its own source file:
///
///     expectGolden(view.text, "status-ready")
///
/// A mismatch shows the lines that differ. When the new text is the better one, run the tests with `UPDATE_GOLDEN=1`,
/// which writes the files instead of comparing them, and read the change before it is committed.
///
/// The text must be the same on every machine: no paths, ports, times or process ids that come from outside of the
/// test.
package func expectGolden(
    _ text: String, _ name: String, testFile: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) {
    do {
        let golden = GoldenFile(name, testFile: testFile)
        if GoldenFile.isUpdating { return try golden.update(to: text) }
        guard let complaint = try golden.complaint(about: text) else { return }
        Issue.record(Comment(rawValue: complaint), sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}

/// A file that holds what a program should print.
package struct GoldenFile: Sendable {
    private let name: String
    private let path: String

    /// The golden file of that name beside a test's source file.
    package init(_ name: String, testFile: String = #filePath) {
        self.name = name
        self.path = "\(GoldenFile.folder(of: testFile))/\(name).txt"
    }

    /// The folder of the golden files of a test's source file.
    package static func folder(of testFile: String) -> String { "\(Files.parent(of: testFile))/Golden" }

    /// Whether this run writes golden files instead of comparing them.
    package static var isUpdating: Bool { getenv("UPDATE_GOLDEN").map { String(cString: $0) } == "1" }

    /// What differs, and how to accept it; nil when the file holds the text.
    package func complaint(about text: String) throws(ParlorError) -> String? {
        let advice = "To accept the new text, run the tests with UPDATE_GOLDEN=1 and read the change of \(name).txt."
        guard Files.exists(path) else { return "there is no golden file \(name).txt yet\n\(advice)" }
        let expected = try Files.readText(path)
        guard text != expected else { return nil }
        return """
            the text is not that of \(name).txt (- expected, + printed)
            \(LineDifference(from: expected, to: text))
            \(advice)
            """
    }

    /// Makes the text the expected one; a file that holds it already is left alone.
    package func update(to text: String) throws(ParlorError) {
        guard try complaint(about: text) != nil else { return }
        try Files.makeFolder(Files.parent(of: path), mode: 0o755)
        try Files.writeAtomically(text, to: path, mode: 0o644)
    }
}
