import CZlib
import Testing

/// The text that was compressed.
func gunzip(_ bytes: [UInt8], isWhole: Bool = true) throws -> String {
    var stream = z_stream()
    try #require(parlor_gunzip_init(&stream) == Z_OK)
    defer { inflateEnd(&stream) }
    var (input, output) = (bytes, [UInt8](repeating: 0, count: 1 << 20))
    let (status, count) = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
            (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
            let status = inflate(&stream, isWhole ? Z_FINISH : Z_SYNC_FLUSH)
            return (status, output.count - Int(stream.avail_out))
        }
    }
    try #require(status == (isWhole ? Z_STREAM_END : Z_OK))
    return String(decoding: output.prefix(count), as: UTF8.self)
}
