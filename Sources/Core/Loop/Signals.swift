import CUV

extension EventLoop {
    /// The given signals as they arrive, instead of what they would do to the process. Ends when the task that reads it
    /// ends.
    public func signals(_ numbers: Int32...) -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        let watches = numbers.map { SignalWatch($0, on: self, continuation) }
        continuation.onTermination = { _ in
            self.onLoop { for watch in watches { watch.close() } }
        }
        return stream
    }
}

/// One signal of one stream.
private final class SignalWatch: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let handle = UnsafeMutablePointer<uv_signal_t>.allocated(holding: uv_signal_t())
    private let continuation: AsyncStream<Int32>.Continuation

    init(_ number: Int32, on loop: EventLoop, _ continuation: AsyncStream<Int32>.Continuation) {
        self.continuation = continuation
        loop.onLoop {
            uv_signal_init(loop.uv, self.handle)
            self.handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
            uv_signal_start(
                self.handle,
                { handle, number in
                    _ = Owner<SignalWatch>.object(handle?.pointee.data)?.continuation.yield(number)
                }, number)
        }
    }

    func close() {
        guard uv_is_closing(handle.asHandle) == 0 else { return }
        uv_close(handle.asHandle) { Owner<SignalWatch>.release($0?.pointee.data) }
    }

    deinit { handle.deallocate() }
}
