import Basics
import Processes
import Webhooks

/// Requests to the HTTP server against those to node's own server and to Express, each in a process of its own.
struct HTTPFigures: MeasuredRoom {
    private let wrk: Wrk
    private let servers: [(name: String, port: Int, child: Child)]
    private let body: String

    init(in workshop: Workshop) async throws {
        wrk = Wrk(workshop: workshop, connections: 64)
        body = "\(workshop.folder)/webhook.json"
        try Files.writeAtomically(Webhook.sample, to: body, mode: 0o644)
        var servers: [(name: String, port: Int, child: Child)] = []
        for name in ["parlor", "node http", "Express"] {
            let port = try workshop.freePort()
            let program =
                switch name {
                case "parlor": Program(try Self.subject, ["\(port)"])
                case "Express": workshop.node("node-express", ["\(port)"])
                default: workshop.node("node-http", ["\(port)"])
                }
            servers.append((name, port, try await workshop.start(program, log: "http-\(servers.count)", port: port)))
        }
        self.servers = servers
    }

    /// The server under load is a program of its own, so that its processor time and memory are nobody else's.
    private static var subject: String {
        get throws {
            guard let bench = Files.resolved("/proc/self/exe") else {
                throw ParlorError(.file, "it cannot be told where this program stands")
            }
            return "\(Files.parent(of: bench))/subject"
        }
    }

    func stop() async { for server in servers { await wrk.workshop.stop(server.child) } }

    var comparisons: [Comparison] {
        [
            Comparison(
                name: "http.get", parlor: contender(0, "/", nil),
                yardsticks: [
                    .init(
                        contender(1, "/", nil), .rate(floor: 1, aim: 1.6), .processorTime(floor: 1, aim: 0.6),
                        .shown(.median), .shown(.tail), .memory(floor: 0.5, aim: 0.25)),
                    .init(
                        contender(2, "/", nil), .rate(floor: 4, aim: 8), .processorTime(floor: 0.25, aim: 0.1),
                        .shown(.median), .shown(.tail), .memory(floor: 0.5, aim: 0.25)),
                ]),
            Comparison(
                name: "http.post.json", parlor: contender(0, "/echo", body),
                yardsticks: [
                    .init(
                        contender(1, "/echo", body), .rate(floor: 1, aim: 1.6), .processorTime(floor: 1, aim: 0.6),
                        .shown(.median), .shown(.tail)),
                    .init(
                        contender(2, "/echo", body), .rate(floor: 5, aim: 10), .processorTime(floor: 0.2, aim: 0.1),
                        .shown(.median), .shown(.tail)),
                ]),
        ]
    }

    private func contender(_ index: Int, _ path: String, _ body: String?) -> Contender {
        let (wrk, server) = (wrk, servers[index])
        return Contender(server.name) { time in
            try await wrk.load(port: server.port, path: path, body: body, process: server.child.pid, for: time)
        }
    }
}
