import Basics
import Configuration
import State
import Synchronization
import Telemetry

/// The log file of a part: whole lines of what its program writes, rotated.
final class PartLog: Sendable {
    private let file: RotatingFile
    private let lines = Mutex(LineAssembler())

    init(path: String, limit: ByteCount, keep: Int) throws(ParlorError) {
        file = try RotatingFile(path: path, limit: limit, keep: keep)
    }

    /// Takes what the program wrote, in pieces of any size.
    var write: @Sendable (ArraySlice<UInt8>) -> Void {
        { [self] bytes in
            let whole = lines.withLock { $0.feed(bytes) }
            for line in whole { file.append(line) }
        }
    }
}

extension StateFolder {
    /// What takes the output of a part.
    func log(
        _ part: String, _ settings: Configuration.Log
    ) throws(ParlorError) -> @Sendable (ArraySlice<UInt8>) -> Void {
        try PartLog(path: log(of: part), limit: settings.rotateAt, keep: settings.keep).write
    }
}
