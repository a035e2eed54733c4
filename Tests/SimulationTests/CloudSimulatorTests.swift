import Basics
import Digests
import HTTP
import HTTPTestSupport
import JSONText
import Loop
import Simulation
import Synchronization
import Testing

@Suite("The simulator over HTTP") struct CloudSimulatorTests {
    @Test("It posts what customers say, signed over the bytes, takes answers, and ends when all are content")
    func conversation() async throws {
        let seen = Mutex<(messages: [String], bad: Int, statuses: Int)>(([], 0, 0))
        let handler: HTTPServer.Handler = { request in
            let signature = "sha256=\(Digest(of: request.body, key: Array("secret".utf8)).hexadecimal)"
            guard request.headers["X-Hub-Signature-256"] == signature else {
                seen.withLock { $0.bad += 1 }
                return HTTPResponse(.forbidden)
            }
            let value = (try? JSON(reading: request.body))?["entry"]?.elements?.first?["changes"]?.elements?.first?[
                "value"]
            seen.withLock { seen in
                seen.statuses += value?["statuses"]?.elements?.count ?? 0
                for message in value?["messages"]?.elements ?? [] where message["text"] != nil {
                    seen.messages.append(message["from"]?.text ?? "")
                }
            }
            return HTTPResponse(.ok)
        }
        try await withHTTPServer(handler) { server, loop in
            guard case .tcp(_, let port) = server.address else { throw ParlorError(.unexpected, "no port") }
            let target = try #require(
                CloudSimulator.Target("http://127.0.0.1:\(port)/webhook", secret: Secret("secret")))
            let plan = SimulationPlan(
                seed: 3, numbers: [SimulatedNumber("1")], customers: 1, perSecond: 100, thought: .milliseconds(5))
            let simulator = CloudSimulator(plan, target, on: loop)
            guard case .tcp(_, let graph) = try simulator.listen(at: .tcp(host: "127.0.0.1", port: 0)) else {
                throw ParlorError(.unexpected, "no port")
            }
            let booked = LoopWait<Void>()
            let run = Task(executorPreference: loop) {
                try await simulator.run { totals, _ in
                    if totals.bookings > 0 { loop.execute { booked.succeed() } }
                }
            }
            while seen.withLock({ $0.messages.isEmpty }) { await loop.settle() }
            let client = HTTPClient(on: loop)
            let origin = try #require(HTTPOrigin("http://127.0.0.1:\(graph)"))
            let to = seen.withLock { $0.messages[0] }
            var request = HTTPRequest(.post, try #require(HTTPTarget("/v23.0/1/messages")))
            request.headers = ["Authorization": "Bearer t"]
            request.body = Array(
                #"{"messaging_product":"whatsapp","to":"\#(to)","type":"text","text":{"body":"your code: A1B2C3"}}"#
                    .utf8)
            let answer = try await client.send(request, to: origin, within: .seconds(10))
            #expect(answer.status == .ok)
            let again = try await client.send(request, to: origin, within: .seconds(10))
            #expect(try again.json()["error"]?["code"]?.int == 131_056)
            try await booked.value(on: loop)
            run.cancel()
            _ = await run.result
            #expect(simulator.totals.taken == 1)
            #expect(simulator.totals.unacknowledged == 0)
        }
        #expect(seen.withLock { $0.bad } == 0)
        #expect(seen.withLock { $0.statuses } >= 1)
    }
}
