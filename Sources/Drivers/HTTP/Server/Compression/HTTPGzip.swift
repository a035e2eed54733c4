import Basics
import CZlib

/// A stream of bytes that is being compressed with gzip.
final class HTTPGzip: @unchecked Sendable {
    // Guard of @unchecked Sendable: used by the one task that writes the body.
    private let stream: UnsafeMutablePointer<z_stream>

    /// A stream at its beginning; `level` from 1, fast, to 9, small.
    init(level: Int) throws(ParlorError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard parlor_gzip_init(stream, Int32(level)) == Z_OK else {
            stream.deallocate()
            throw ParlorError(.system, "nothing can be compressed", why: "there is no memory for it")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Whether what was put in must come out.
    enum Flush {
        /// It may stay inside until more comes.
        case later
        /// All of it must be readable now.
        case now
        /// This was the last of it.
        case finish

        fileprivate var code: Int32 {
            switch self {
            case .later: Z_NO_FLUSH
            case .now: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        }
    }

    /// Puts bytes in; gives back what comes out.
    func compress(_ bytes: ArraySlice<UInt8>, _ flush: Flush) -> [UInt8] {
        var output: [UInt8] = []
        bytes.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            var isFull: Bool
            repeat {
                let room = max(256, min(input.count / 2, 65_536))
                output += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    deflate(stream, flush.code)
                    count = room - Int(stream.pointee.avail_out)
                }
                isFull = stream.pointee.avail_out == 0
            } while isFull
        }
        return output
    }
}
