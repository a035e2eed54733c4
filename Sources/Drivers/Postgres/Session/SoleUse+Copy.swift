import Basics
import CPostgres

// COPY in both directions.
extension SoleUse {
    /// Waits until the server takes data, or offers it.
    func startCopy(_ status: ExecStatusType) async throws {
        let result = try await next()
        guard result?.status == status else {
            throw PostgresError.unusable(
                "the statement is no COPY \(status == PGRES_COPY_IN ? "FROM STDIN" : "TO STDOUT")",
                detail: "SQL: \(sql)")
        }
    }

    /// Sends data, and waits while the server is slow.
    func send(_ bytes: [UInt8]) async throws {
        let isTaken = try bytes.withUnsafeBytes { memory in
            PQputCopyData(try handle, memory.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(memory.count))
        }
        guard isTaken == 1 else { throw broken(nil) }
        try await flush()
    }

    /// Says that the data are complete, and gives back how many rows the server made of them.
    func endCopy() async throws -> Int {
        guard PQputCopyEnd(try handle, nil) == 1 else { throw broken(nil) }
        phase = .statement
        try await flush()
        let count = try await next()?.affected ?? 0
        while try await next() != nil {}
        return count
    }

    /// Appends at least one row of data, and more as long as they are there, up to about `limit` bytes; false behind
    /// the last one.
    func receive(into bytes: inout [UInt8], upTo limit: Int) async throws -> Bool {
        guard phase == .copyOut else { return false }
        while true {
            var row: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(try handle, &row, 1)
            defer { if let row { PQfreemem(row) } }
            switch count {
            case 0:
                if !bytes.isEmpty { return true }
                try await input()
            case -1:
                phase = .statement
                while try await next() != nil {}
                return !bytes.isEmpty
            case 1...:
                bytes += UnsafeRawBufferPointer(start: row, count: Int(count))
                if bytes.count >= limit { return true }
            default: throw broken(nil)
            }
        }
    }
}
