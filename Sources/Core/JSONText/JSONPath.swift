/// The way from the whole text to one of its values.
public struct JSONPath: Hashable, Sendable {
    /// One step down.
    public enum Step: Hashable, Sendable {
        /// To the member of that name.
        case member(String)
        /// To the element at that index, from 0.
        case element(Int)
    }

    /// The steps from the whole text on.
    public var steps: [Step]

    /// A way; without steps it is the whole text.
    public init(_ steps: [Step] = []) { self.steps = steps }

    private func text(hiding isHidden: (String) -> Bool) -> String {
        steps.reduce(into: "$") { text, step in
            switch step {
            case .element(let index): text += "[\(index)]"
            case .member(let name) where JSONPath.isIdentifier(name): text += ".\(name)"
            case .member(let name) where isHidden(name): text += "[…]"
            case .member(let name):
                var json = JSONAppender()
                json.append(name)
                text += "[\(json.text)]"
            }
        }
    }

    /// Names that a program was written with look like this; telephone numbers and mail addresses do not.
    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, !first.isDigit, name.utf8.count <= 64 else { return false }
        return name.utf8.allSatisfy { byte in
            byte.isDigit || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }
}

extension JSONPath: CustomStringConvertible, CustomDebugStringConvertible {
    /// `$.entry[0].changes[2].value`; a name that could be a customer's data is shown as `[…]`. Safe to show anybody.
    public var description: String { text { _ in true } }

    /// The same with every name, for the person who debugs.
    public var debugDescription: String { text { _ in false } }
}
