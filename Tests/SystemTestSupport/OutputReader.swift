import Basics
import Glibc
import Loop

/// What a program writes to one of its streams, read when a test asks for it. Used on the loop only.
final class OutputReader: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let watch: DescriptorWatch
    private let readEnd: Int32
    /// The end that the program writes to.
    private(set) var writeEnd: Int32
    private var bytes: [UInt8] = []
    private var isAtEnd = false
    private var isClosed = false

    init(on loop: EventLoop) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ParlorError.systemCall("pipe", errno: errno) }
        (readEnd, writeEnd) = (ends[0], ends[1])
        _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        watch = try DescriptorWatch(readEnd, on: loop)
    }

    /// Everything that was read so far.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Gives up the end that the program has, so that its end of the stream can be seen.
    func closeWriteEnd() {
        if writeEnd >= 0 { Glibc.close(writeEnd) }
        writeEnd = -1
    }

    /// Reads until the text satisfies `condition` or the program has closed the stream.
    func read(until condition: (String) -> Bool = { _ in false }) async throws {
        var chunk = [UInt8](repeating: 0, count: 32 << 10)
        while !isAtEnd, !condition(text) {
            let count = Glibc.read(readEnd, &chunk, chunk.count)
            if count > 0 {
                bytes += chunk.prefix(count)
            } else if count == 0 {
                isAtEnd = true
            } else if errno == EAGAIN {
                try await watch.readable()
            } else if errno != EINTR {
                throw ParlorError.systemCall("read", errno: errno)
            }
        }
    }

    /// Makes a read in progress, and every later one, throw.
    func fail(_ error: any Error) { watch.fail(error) }

    /// Hangs up; a program that still writes finds nobody there.
    func close() {
        closeWriteEnd()
        guard !isClosed else { return }
        isClosed = true
        watch.close()
        Glibc.close(readEnd)
    }
}
