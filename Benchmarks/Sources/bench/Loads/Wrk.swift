import Basics
import Processes

/// A load of HTTP requests by wrk, which is independent of both sides.
struct Wrk {
    let workshop: Workshop
    let connections: Int

    /// Loads the server on a port for that long; `script` sends what is in the file `body`, and `process` is whose
    /// processor time counts.
    func load(
        port: Int, path: String, body: String?, script: String = "post", process: Int32, for time: Duration
    ) async throws -> Sample {
        let seconds = max(1, Int(time.seconds.rounded()))
        var arguments = ["-t1", "-c\(connections)", "-d\(seconds)s", "--latency"]
        if body != nil { arguments += ["-s", "\(workshop.peers)/\(script).lua"] }
        let program = workshop.unpacked(
            "wrk", arguments + ["http://127.0.0.1:\(port)\(path)"], body.map { ["BODY": $0] } ?? [:])
        let clock = ProcessorTime(of: process)
        let text = try await workshop.output(of: program)
        guard let result = Self.result(in: text) else {
            throw ParlorError(.programFailed, "what wrk printed has no figures in it", detail: text)
        }
        guard result.isClean else {
            throw ParlorError(.programFailed, "the server failed requests under load", detail: text)
        }
        return Sample(
            result.requests, in: .seconds(result.seconds), processorTime: clock.each(of: result.requests),
            median: result.median, tail: result.tail, memory: clock.memory)
    }

    private struct Result {
        var requests = 0
        var seconds = 0.0
        var median: Double?
        var tail: Double?
        var isClean = true
    }

    /// Reads `50% 1.20ms`, `99% …` and `12345 requests in 3.00s, …`.
    private static func result(in text: String) -> Result? {
        var result = Result()
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "50%" { result.median = milliseconds(words[1]) }
            if words.count == 2, words[0] == "99%" { result.tail = milliseconds(words[1]) }
            if words.count > 3, words[1] == "requests", words[2] == "in" {
                result.requests = Int(words[0]) ?? 0
                result.seconds = (milliseconds(words[3].prefix { $0 != "," }) ?? 0) / 1000
            }
            if line.contains("Non-2xx") || line.contains("Socket errors") { result.isClean = false }
        }
        return result.requests > 0 && result.seconds > 0 ? result : nil
    }

    private static func milliseconds(_ text: Substring) -> Double? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number) else { return nil }
        switch text.dropFirst(number.count) {
        case "us": return value / 1000
        case "ms": return value
        case "s": return value * 1000
        case "m": return value * 60_000
        default: return nil
        }
    }
}
