import Basics
import JSONText

/// What is read is written so that it is read as the same; what is refused is refused everywhere.
enum JSONTarget {
    private static let reader = JSONReader()

    @Sendable static func run(_ bytes: [UInt8]) {
        let isSound = (try? reader.check(bytes)) != nil
        // A sound text may hold a number that no tree can.
        guard let tree = try? reader.tree(from: bytes) else { return }
        precondition(isSound, "checking refuses what reading takes")
        guard let again = try? reader.tree(from: Array(tree.compact.utf8)) else {
            preconditionFailure("what was written cannot be read")
        }
        precondition(again == tree, "what was written is read as something else")
    }
}
