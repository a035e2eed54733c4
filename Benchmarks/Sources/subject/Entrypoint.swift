import Glibc
import HTTP
import JSONText
import Loop
import Webhooks

/// The HTTP server under load: a greeting, and a webhook that is read and answered.
@main
enum Entrypoint {
    static func main() throws {
        guard let port = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) else { exit(2) }
        let loop = try EventLoop()
        try loop.run {
            let routes = routes()
            let server = try HTTPServer(at: .tcp(host: "127.0.0.1", port: port), on: loop) {
                await routes.respond(to: $0)
            }
            try await server.run()
        }
    }

    private static func routes() -> HTTPRouter {
        let reader = JSONReader()
        var router = HTTPRouter()
        router.get("/", "A greeting") { _ in .text("hello\n") }
        router.post("/echo", "What a webhook holds") { request in
            let webhook = try reader.read(Webhook.self, from: request.body)
            var json = JSONAppender(reserving: 64)
            json.object { json in
                json.member("object", webhook.object)
                json.member("entries", webhook.entry.count)
            }
            return HTTPResponse(.ok, headers: ["Content-Type": "application/json"], body: json.bytes)
        }
        return router
    }
}
