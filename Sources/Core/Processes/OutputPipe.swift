import Basics
import Glibc
import Loop

/// The pipe through which a child's output arrives. Used on the loop only.
final class OutputPipe: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let watch: DescriptorWatch
    private let readEnd: Int32
    private var writeEnd: Int32

    init(on loop: EventLoop) throws(ParlorError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .systemCall("pipe", errno: errno) }
        readEnd = ends[0]
        writeEnd = ends[1]
        // Only the reader's end must not block; a child may expect its own to.
        _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        do { watch = try DescriptorWatch(readEnd, on: loop) } catch {
            for end in ends { Glibc.close(end) }
            throw error
        }
    }

    /// Both of the child's outputs into this pipe.
    var childOutput: Child.Output { .descriptors(output: writeEnd, error: writeEnd) }

    /// The child's standard output into this pipe, and its standard error where this process's own goes.
    var outputOnly: Child.Output { .descriptors(output: writeEnd, error: STDERR_FILENO) }

    /// The child's standard error into this pipe, and its standard output to that descriptor.
    func errors(outputTo output: Int32) -> Child.Output { .descriptors(output: output, error: writeEnd) }

    /// The child's standard output into this pipe, its standard error into another.
    func output(errorsInto errors: OutputPipe) -> Child.Output { errors.errors(outputTo: writeEnd) }

    /// Gives up the end that the child has, so that its end of the stream can be seen.
    func closeChildEnd() {
        if writeEnd >= 0 { Glibc.close(writeEnd) }
        writeEnd = -1
    }

    private enum Attempt { case bytes(ArraySlice<UInt8>), nothing, end }

    private func attempt() throws(ParlorError) -> Attempt {
        var chunk = [UInt8](repeating: 0, count: 32 << 10)
        while true {
            let count = Glibc.read(readEnd, &chunk, chunk.count)
            if count > 0 { return .bytes(chunk.prefix(count)) }
            if count == 0 { return .end }
            if errno == EAGAIN { return .nothing }
            guard errno == EINTR else { throw .systemCall("read", errno: errno) }
        }
    }

    /// What has arrived; nil when everybody who held the other end has closed it.
    func read() async throws -> ArraySlice<UInt8>? {
        while true {
            switch try attempt() {
            case .bytes(let bytes): return bytes
            case .end: return nil
            case .nothing: try await watch.readable()
            }
        }
    }

    /// What is there already, without waiting; nil when there is nothing.
    func readNow() -> ArraySlice<UInt8>? {
        if case .bytes(let bytes) = try? attempt() { bytes } else { nil }
    }

    /// Makes a read throw.
    func fail(_ error: any Error) { watch.fail(error) }

    /// Ends the reading.
    func close() {
        closeChildEnd()
        watch.close()
        Glibc.close(readEnd)
    }
}
