import Basics
import Glibc

/// Where a command answers: two descriptors, and what is known about what stands behind them.
package struct Terminal: Sendable {
    /// The two ways out.
    package enum Stream: Sendable {
        /// What was asked for.
        case output
        /// What went wrong, and nothing else.
        case error
    }

    private let output: Int32
    private let error: Int32
    private let environment: [String: String]
    private var forbidsColor = false

    /// The process's own terminal, unless told otherwise.
    package init(
        output: Int32 = STDOUT_FILENO, error: Int32 = STDERR_FILENO,
        environment: [String: String] = Terminal.processEnvironment()
    ) {
        self.output = output
        self.error = error
        self.environment = environment
    }

    /// The variables that say something about a terminal, as the process has them.
    package static func processEnvironment() -> [String: String] {
        var found: [String: String] = [:]
        for name in ["COLUMNS", "NO_COLOR", "TERM"] {
            found[name] = getenv(name).map { String(cString: $0) }
        }
        return found
    }

    /// The same terminal for a person who said `--no-color`.
    package var withoutColor: Terminal {
        var plain = self
        plain.forbidsColor = true
        return plain
    }

    /// Whether a person reads there.
    package func isTerminal(_ stream: Stream = .output) -> Bool { isatty(descriptor(of: stream)) == 1 }

    /// The columns there are: what the terminal says now, else `COLUMNS`, else 100.
    package var width: Int {
        if let size = windowSize, size.columns > 0 { return size.columns }
        guard let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 else { return 100 }
        return columns
    }

    /// The lines there are; nil when the output goes elsewhere than to a terminal.
    package var height: Int? {
        guard let size = windowSize, size.lines > 0 else { return nil }
        return size.lines
    }

    /// Whether colour may be used: on a terminal that knows it, unless `--no-color` or `NO_COLOR` (no-color.org)
    /// forbids it.
    package func allowsColor(on stream: Stream = .output) -> Bool {
        guard !forbidsColor, environment["NO_COLOR", default: ""].isEmpty else { return false }
        return isTerminal(stream) && environment["TERM", default: "dumb"] != "dumb"
    }

    /// Writes text in one go, waiting where the reader is slow. It blocks, as a person's terminal is all that it waits
    /// for.
    ///
    /// Throws `OutputClosed` when nobody reads any more, and a `ParlorError` when the text cannot be written.
    package func write(_ text: String, to stream: Stream = .output) throws {
        var text = text
        try text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor(of: stream), rest.baseAddress, rest.count)
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                } else {
                    try recover(from: errno, on: stream)
                }
            }
        }
    }

    private func recover(from number: Int32, on stream: Stream) throws {
        switch number {
        case EINTR: return
        case EAGAIN:
            var waiting = pollfd(fd: descriptor(of: stream), events: Int16(POLLOUT), revents: 0)
            poll(&waiting, 1, -1)
        case EPIPE: throw OutputClosed()
        default:
            throw ParlorError.systemCall(
                "write", path: stream == .output ? "standard output" : "standard error", errno: number)
        }
    }

    private func descriptor(of stream: Stream) -> Int32 { stream == .output ? output : error }

    private var windowSize: (columns: Int, lines: Int)? {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}

/// Nobody reads what the program writes, as after `parlor logs | head`. It ends the command in order, with status 0.
package struct OutputClosed: Error {
    /// The reader went away.
    package init() {}
}
