public import Basics

/// Everything that is wrong with a configuration, found in one go.
public struct ConfigurationFaults: ExplainedError, Equatable {
    /// The faults: the file's in its order, the environment's, the flags', then those of values that do not fit.
    public let faults: [ConfigurationFault]

    /// One error that says everything, a fault on each line.
    public var explained: ParlorError {
        let what =
            if let only = faults.first, faults.count == 1 {
                only.description
            } else {
                "the configuration has \(faults.count) faults" + faults.map { "\n  \($0)" }.joined()
            }
        return ParlorError(.configuration, what, hint: hint, cause: self)
    }

    private var hint: String {
        var sentences: [String] = []
        for case let hint? in faults.map(\.hint) where !sentences.contains(hint) { sentences.append(hint) }
        let them = faults.count == 1 ? "it" : "them all"
        return (sentences + ["Correct \(them), then run \"./parlor config check\"."]).joined(separator: " ")
    }

    /// The list for programs.
    public var json: JSON { ["faults": .array(faults.map(\.json))] }
}

extension ConfigurationFaults: CustomStringConvertible {
    /// The same text that people see.
    public var description: String { explained.description }
}

extension ConfigurationFault {
    /// The fault for programs; what does not apply is null.
    public var json: JSON {
        var members: [JSON.Member] = origin.members
        members.append(JSON.Member("key", .string(key)))
        members.append(JSON.Member("value", .string(value)))
        members.append(JSON.Member("expected", .string(expected)))
        members.append(JSON.Member("suggestion", .string(suggestion)))
        members.append(JSON.Member("message", .string(message)))
        members.append(JSON.Member("hint", .string(hint)))
        return .object(members)
    }
}

extension ConfigurationWarning {
    /// The warning for programs.
    public var json: JSON {
        .object(origin.members + [JSON.Member("key", .string(key)), JSON.Member("message", .string(message))])
    }
}

extension ConfigurationOrigin {
    /// What programs are told about a place.
    var members: [JSON.Member] {
        var members = [JSON.Member("source", .string(description))]
        if case .file(let path, let position) = self {
            members.append(JSON.Member("file", .string(path)))
            members.append(JSON.Member("line", .integer(position?.line)))
            members.append(JSON.Member("column", .integer(position?.column)))
        }
        return members
    }
}
