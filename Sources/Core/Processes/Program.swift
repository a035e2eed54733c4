/// A program to start: what, with which words, in which surroundings.
public struct Program: Equatable, Sendable {
    /// The path of the executable.
    public var executable: String
    /// What the program is told its own name is, and what a list of processes shows.
    public var name: String
    /// The words after the program's own name. They are visible to every user of the machine: no secrets here.
    public var arguments: [String]
    /// The whole environment; nothing is inherited.
    public var environment: [String: String]
    /// The working folder; nil keeps the parent's.
    public var folder: String?
    /// What the kernel sends the child when its parent ends in whatever way; nil leaves the child alone.
    public var parentDeathSignal: Int32?

    /// A program that is killed when its parent ends, unless told otherwise.
    public init(
        _ executable: String, name: String? = nil, _ arguments: [String] = [], environment: [String: String] = [:],
        folder: String? = nil,
        parentDeathSignal: Int32? = 9
    ) {
        self.executable = executable
        self.name = name ?? String(executable.split(separator: "/").last ?? "")
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.parentDeathSignal = parentDeathSignal
    }
}
