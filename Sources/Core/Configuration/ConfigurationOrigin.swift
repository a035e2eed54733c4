/// A place in a text file; both numbers count from one.
public struct FilePosition: Hashable, Comparable, Sendable {
    /// The line.
    public var line: Int
    /// The character in the line.
    public var column: Int

    /// A place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The earlier one is less.
    public static func < (left: FilePosition, right: FilePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// Where a value came from.
public enum ConfigurationOrigin: Hashable, Sendable {
    /// Nothing set it.
    case standard
    /// A line of the configuration file, or the file as a whole.
    case file(String, FilePosition?)
    /// A variable of the environment.
    case environment(String)
    /// A flag of the command line.
    case flag(String)
    /// Another key, whose value leaves no choice.
    case consequence(of: String)
}

extension ConfigurationOrigin: CustomStringConvertible {
    /// For `config show`: `default`, `parlor.yaml:12`, `environment DATABASE_URL`, `flag --set`.
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let path, let position): position.map { "\(path):\($0.line)" } ?? path
        case .environment(let name): "environment \(name)"
        case .flag(let name): "flag \(name)"
        case .consequence(let key): "follows from \(key)"
        }
    }

    /// For the beginning of a message: `parlor.yaml:3:9`, `DATABASE_URL`, `--set`.
    var place: String {
        switch self {
        case .file(let path, let position?): "\(path):\(position.line):\(position.column)"
        case .environment(let name), .flag(let name): name
        case .standard, .file, .consequence: description
        }
    }
}
