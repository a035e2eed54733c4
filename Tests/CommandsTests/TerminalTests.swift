import Basics
import Glibc
import TestSupport
import Testing

@testable import Commands

@Suite struct TerminalTests {
    @Test("A terminal tells its size, and allows colour unless somebody forbids it")
    func pseudoTerminal() throws {
        let terminal = try PseudoTerminal()
        try terminal.resize(columns: 132, lines: 43)
        let plain = terminal.terminal(["TERM": "xterm"])
        #expect(plain.isTerminal() && plain.isTerminal(.error))
        #expect(plain.width == 132 && plain.height == 43)
        #expect(plain.allowsColor() && plain.allowsColor(on: .error))
        #expect(!plain.withoutColor.allowsColor())
        #expect(!terminal.terminal(["TERM": "xterm", "NO_COLOR": "1"]).allowsColor())
        #expect(terminal.terminal(["TERM": "xterm", "NO_COLOR": ""]).allowsColor())
        #expect(!terminal.terminal(["TERM": "dumb"]).allowsColor())
        #expect(!terminal.terminal([:]).allowsColor())
        try terminal.resize(columns: 0, lines: 0)
        #expect(terminal.terminal(["COLUMNS": "90"]).width == 90 && plain.height == nil)
    }

    @Test(
        "Elsewhere the width is that of COLUMNS, or 100",
        arguments: [([:], 100), (["COLUMNS": "70"], 70), (["COLUMNS": "wide"], 100), (["COLUMNS": "0"], 100)])
    func widthElsewhere(environment: [String: String], width: Int) throws {
        let pipe = try Pipe()
        let terminal = Terminal(output: pipe.writing, error: pipe.writing, environment: environment)
        #expect(terminal.width == width)
        #expect(!terminal.isTerminal() && !terminal.allowsColor())
    }

    @Test("A reader that is slower than a writer who may not wait still gets everything")
    func slowReader() throws {
        let pipe = try Pipe()
        try #require(fcntl(pipe.writing, F_SETFL, O_NONBLOCK) == 0)
        let text = String(repeating: "a line of text\n", count: 50_000)
        let reader = try PipeReader(pipe)
        try Terminal(output: pipe.writing, environment: [:]).write(text)
        pipe.closeWriting()
        #expect(try reader.finish() == text.utf8.count)
    }

    @Test("A reader that went away is told apart from a failure")
    func closedReader() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = try Pipe()
        pipe.closeReading()
        #expect(throws: OutputClosed.self) { try Terminal(output: pipe.writing, environment: [:]).write("x") }
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(full) }
        let error = try #require(throws: ParlorError.self) { try Terminal(output: full, environment: [:]).write("x") }
        #expect(error.code == .diskFull)
    }
}

/// A terminal that nobody sits at.
private final class PseudoTerminal {
    private let leader: Int32
    private let follower: Int32

    init() throws {
        leader = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // TIOCSPTLCK and TIOCGPTN, whose macros Swift does not see: unlock the other side, and tell its number.
        var (locked, number): (Int32, Int32) = (0, -1)
        try #require(ioctl(leader, 0x4004_5431, &locked) == 0 && ioctl(leader, 0x8004_5430, &number) == 0)
        follower = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(follower >= 0)
    }

    deinit {
        close(follower)
        close(leader)
    }

    func resize(columns: UInt16, lines: UInt16) throws {
        var size = winsize()
        size.ws_col = columns
        size.ws_row = lines
        try #require(ioctl(follower, UInt(TIOCSWINSZ), &size) == 0)
    }

    func terminal(_ environment: [String: String]) -> Terminal {
        Terminal(output: follower, error: follower, environment: environment)
    }
}

private final class Pipe {
    private(set) var reading: Int32
    private(set) var writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        for end in ends { try #require(fcntl(end, F_SETFD, FD_CLOEXEC) == 0) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        closeReading()
        closeWriting()
    }

    func closeReading() {
        if reading >= 0 { close(reading) }
        reading = -1
    }

    func closeWriting() {
        if writing >= 0 { close(writing) }
        writing = -1
    }
}

/// Reads a pipe to its end on a thread of its own, because the write under test holds the thread it is called on.
private final class PipeReader {
    private let descriptor: UnsafeMutablePointer<Int32>
    private var thread = pthread_t()

    init(_ pipe: Pipe) throws {
        descriptor = .allocate(capacity: 1)
        descriptor.initialize(to: pipe.reading)
        let result = pthread_create(&thread, nil, PipeReader.count, descriptor)
        try #require(result == 0)
    }

    deinit { descriptor.deallocate() }

    private static let count: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        guard let descriptor = argument?.load(as: Int32.self) else { return nil }
        var chunk = [UInt8](repeating: 0, count: 4096)
        var total = 0
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return UnsafeMutableRawPointer(bitPattern: total) }
            total += count
        }
    }

    /// The bytes that arrived.
    func finish() throws -> Int {
        var result: UnsafeMutableRawPointer?
        try #require(pthread_join(thread, &result) == 0)
        return Int(bitPattern: result)
    }
}
