import Glibc

/// What must be known of a kind of server to run a private one for tests.
public struct ServerKind: Sendable {
    /// The signal that ends a server without further ado.
    public enum Ending: Sendable {
        /// It cannot be caught.
        case kill
        /// For a server that takes its own children along when it gets this one.
        case quit
        /// For a server that has no other.
        case terminate

        var number: Int32 {
            switch self {
            case .kill: SIGKILL
            case .quit: SIGQUIT
            case .terminate: SIGTERM
            }
        }

        /// As setpriv writes it.
        var name: String {
            switch self {
            case .kill: "KILL"
            case .quit: "QUIT"
            case .terminate: "TERM"
            }
        }
    }

    let name: String
    let user: String
    let group: String
    let ending: Ending
    let readyWords: String

    /// Describes a kind: the word that its folders are named by, who runs it when the tests run as root, how it is
    /// ended, and the words in its output by which it says that it accepts connections.
    public init(_ name: String, user: String, group: String, ending: Ending, readyWords: String) {
        self.name = name
        self.user = user
        self.group = group
        self.ending = ending
        self.readyWords = readyWords
    }
}
