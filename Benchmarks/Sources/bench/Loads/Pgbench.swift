import Basics
import Processes

/// PostgreSQL's own load generator.
struct Pgbench {
    let workshop: Workshop
    let connections: Int
    /// The host or the folder of the socket, the port, and the role.
    let place: (host: String, port: Int, user: String)
    /// How statements are sent; prepared ones are prepared once per connection.
    var manner = "prepared"
    var environment: [String: String] = [:]
    /// How many transactions in a second may be expected; then it makes as many as that gives, and no clock ends it. Its
    /// clock begins before the first one connects, and a crowd may take longer for that alone.
    var rate: Int?
    /// Whether it writes down how long each transaction took, which it otherwise tells the average of.
    var isLogging = false

    /// Through the socket of a database.
    init(_ database: BenchDatabase, connections: Int) {
        self.init(database.workshop, connections: connections, at: (database.folder, database.port, "bench"))
    }

    init(_ workshop: Workshop, connections: Int, at place: (host: String, port: Int, user: String)) {
        self.workshop = workshop
        self.connections = connections
        self.place = place
    }

    /// Runs one of the scripts for that long.
    func load(_ script: String, for time: Duration) async throws -> Sample {
        let seconds = max(1, Int(time.seconds.rounded()))
        let length = rate.map { ["-t", "\(max(1, $0 * seconds / connections))"] } ?? ["-T", "\(seconds)"]
        let log = "\(workshop.folder)/pgbench-\(RandomIdentifier.hex(bytes: 4))"
        if isLogging { try Files.makeFolder(log) }
        defer { if isLogging { try? Files.remove(log) } }
        let program = Program(
            "/usr/lib/postgresql/15/bin/pgbench",
            [
                "-h", place.host, "-p", "\(place.port)", "-U", place.user, "-n", "-M", manner,
                "-c", "\(connections)", "-j", "\(min(2, connections))", "-D", "sender=15550783881", "-D",
                "body=\(PostgresFigures.body)",
                "-f", "\(workshop.peers)/\(script).sql",
            ] + length + (isLogging ? ["-l", "--log-prefix=\(log)/log"] : []) + ["bench"],
            environment: environment.merging(["PATH": "/usr/bin:/bin", "HOME": workshop.folder]) { own, _ in own })
        let text = try await workshop.output(of: program)
        guard let reached = Self.number(behind: "tps = ", in: text) else {
            throw ParlorError(
                .programFailed, "what pgbench printed has no figures in it",
                why: text.split(separator: "\n").last.map { String($0) }, detail: text)
        }
        let latencies = isLogging ? try Self.latencies(in: log) : []
        return Sample(
            Int(reached * Double(seconds)), in: .seconds(seconds),
            median: isLogging
                ? Crowd.percentile(50, of: latencies) : Self.number(behind: "latency average = ", in: text),
            tail: Crowd.percentile(99, of: latencies),
            connecting: Self.number(behind: "initial connection time = ", in: text))
    }

    private static func number(behind label: String, in text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix(label) {
            return Double(line.dropFirst(label.count).prefix { $0.isNumber || $0 == "." })
        }
        return nil
    }

    /// The microseconds that transactions took, sorted: the third word of each line, in one file for each thread.
    private static func latencies(in folder: String) throws(ParlorError) -> [Int64] {
        var latencies: [Int64] = []
        for name in try Files.list(folder) {
            let bytes = try Files.read("\(folder)/\(name)", limit: .megabytes(1024))
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
                guard words.count > 3 else { continue }
                latencies.append(words[2].reduce(0) { $0 * 10 + Int64($1 &- UInt8(ascii: "0")) })
            }
        }
        return latencies.sorted()
    }
}
