import Basics
import Glibc
import Loop
import Processes
import Redis

/// GET and SET against redis-benchmark, one command at a time for each client, and sixteen at a time.
struct RedisFigures: MeasuredRoom {
    private static let clients = 64
    private static let batch = 16

    private let workshop: Workshop
    private let socket: String
    private let process: Child
    private let connection: RedisConnection

    init(in workshop: Workshop) async throws {
        self.workshop = workshop
        let folder = try workshop.serverFolder("redis")
        socket = "\(folder)/socket"
        // Debian's redis-tools holds the server under another name; it goes by the name it is called.
        let program = "\(folder)/redis-server"
        guard symlink("/usr/bin/redis-check-rdb", program) == 0 else {
            throw ParlorError.systemCall("symlink", errno: errno)
        }
        let server = workshop.unprivileged(
            program, ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder])
        let address = SocketAddress.path(socket)
        process = try await workshop.start(server, log: "redis") { await workshop.listens(address) }
        connection = try await RedisConnection.connect(RedisOptions(address), on: workshop.loop)
        try await connection.send(.set("key", to: "value"))
    }

    func stop() async {
        await connection.close()
        await workshop.stop(process)
    }

    var comparisons: [Comparison] {
        [
            Comparison(
                name: "redis.get", parlor: one(.get("key")),
                yardsticks: [.init(yardstick("get", pipeline: 1), .rate(floor: 1, aim: 4))]),
            Comparison(
                name: "redis.set", parlor: one(.set("key", to: "value")),
                yardsticks: [.init(yardstick("set", pipeline: 1), .rate(floor: 1, aim: 4))]),
            Comparison(
                name: "redis.get.pipelined", parlor: many(.get("key")),
                yardsticks: [.init(yardstick("get", pipeline: Self.batch), .rate(floor: 0.3, aim: 0.6))]),
            Comparison(
                name: "redis.set.pipelined", parlor: many(.set("key", to: "value")),
                yardsticks: [.init(yardstick("set", pipeline: Self.batch), .rate(floor: 0.3, aim: 0.6))]),
        ]
    }

    private func one(_ command: RedisCommand) -> Contender {
        let (loop, connection) = (workshop.loop, connection)
        return Contender("parlor") { time in
            try await Crowd.work(Self.clients, for: time, on: loop) { _ in try await connection.send(command) }
        }
    }

    private func many(_ command: RedisCommand) -> Contender {
        let (loop, connection) = (workshop.loop, connection)
        let commands = [RedisCommand](repeating: command, count: Self.batch)
        return Contender("parlor") { time in
            try await Crowd.work(Self.clients, for: time, operationsEach: Self.batch, on: loop) { _ in
                _ = try await connection.pipeline(commands)
            }
        }
    }

    /// redis-benchmark counts commands rather than seconds; so many take about as long as the others' turns.
    private func yardstick(_ command: String, pipeline: Int) -> Contender {
        let (workshop, socket) = (workshop, socket)
        return Contender("redis-benchmark -c \(Self.clients) -P \(pipeline)") { time in
            let count = Int(time.seconds * (pipeline > 1 ? 1_000_000 : 100_000))
            let program = Program(
                "/usr/bin/redis-benchmark",
                [
                    "-s", socket, "-t", command, "-n", "\(count)", "-c", "\(Self.clients)", "-P", "\(pipeline)",
                    "--csv",
                ], environment: ["HOME": workshop.folder])
            let text = try await workshop.output(of: program)
            let cells = text.split(separator: "\n").last?.split(separator: ",") ?? []
            guard cells.count > 1, let rate = Double(cells[1].filter { $0 != "\"" }) else {
                throw ParlorError(.programFailed, "what redis-benchmark printed has no figures in it", detail: text)
            }
            return Sample(count, in: .seconds(Double(count) / rate))
        }
    }
}
