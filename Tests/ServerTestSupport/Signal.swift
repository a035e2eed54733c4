import Basics
import Glibc

/// Something that happens and that any number of threads wait for, for some time: a pipe that holds a byte once it did.
final class Signal: Sendable {
    private let pipe: (reading: Int32, writing: Int32)

    init() throws(ParlorError) { pipe = try closedOnExecution() }

    deinit {
        close(pipe.reading)
        close(pipe.writing)
    }

    /// Lets go on who waits, and who will.
    func send() {
        var byte: UInt8 = 1
        write(pipe.writing, &byte, 1)
    }

    /// Waits for it; -1 milliseconds are for ever.
    func wait(milliseconds: Int32) {
        var wanted = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
        while poll(&wanted, 1, milliseconds) < 0 && errno == EINTR {}
    }
}
