import Basics
import Processes

/// PostgreSQL's own load generator, with its statements prepared once per connection.
struct Pgbench {
    let database: BenchDatabase
    let connections: Int

    /// Runs one of the scripts for that long.
    func load(_ script: String, for time: Duration) async throws -> Sample {
        let workshop = database.workshop
        let seconds = max(1, Int(time.seconds.rounded()))
        let program = Program(
            "/usr/lib/postgresql/15/bin/pgbench",
            [
                "-h", database.folder, "-p", "\(database.port)", "-U", "bench", "-n", "-M", "prepared",
                "-c", "\(connections)", "-j", "\(min(2, connections))", "-T", "\(seconds)",
                "-D", "sender=15550783881", "-D", "body=\(PostgresFigures.body)",
                "-f", "\(workshop.peers)/\(script).sql", "bench",
            ], environment: ["PATH": "/usr/bin:/bin", "HOME": workshop.folder])
        let text = try await workshop.output(of: program)
        guard let rate = Self.number(behind: "tps = ", in: text) else {
            throw ParlorError(.programFailed, "what pgbench printed has no figures in it", detail: text)
        }
        return Sample(
            Int(rate * Double(seconds)), in: .seconds(seconds),
            median: Self.number(behind: "latency average = ", in: text))
    }

    private static func number(behind label: String, in text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix(label) {
            return Double(line.dropFirst(label.count).prefix { $0.isNumber || $0 == "." })
        }
        return nil
    }
}
