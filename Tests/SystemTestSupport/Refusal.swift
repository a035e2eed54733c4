package import Basics
package import Testing

/// Expects one error for people: with the exit status of its code, these words, a hint, and nothing beside it.
package func expectRefusal(
    _ outcome: Outcome, _ code: ErrorCode, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(outcome.code == code.exitStatus, "\(outcome)", sourceLocation: sourceLocation)
    let errors = outcome.error.components(of: "parlor: error: ")
    #expect(errors == 1, "\(outcome)", sourceLocation: sourceLocation)
    #expect(outcome.error.components(of: "\nHINT: ") == 1, "\(outcome)", sourceLocation: sourceLocation)
    for word in words {
        #expect(outcome.error.contains(word), "\(outcome)", sourceLocation: sourceLocation)
    }
    #expect(!outcome.output.contains("error"), "\(outcome)", sourceLocation: sourceLocation)
}

extension String {
    /// How often a text stands in this one.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
