import Foundation
import Glibc
import JSONText
import Webhooks

/// Reading and writing one webhook of WhatsApp against Foundation's coders.
enum JSONFigures {
    /// The two read different things.
    struct Disagreement: Error {}

    static func comparisons() throws -> [Comparison] {
        let bytes = Webhook.sample
        let data = Data(bytes)
        let reader = JSONReader()
        let webhook = try reader.read(Webhook.self, from: bytes)
        guard try JSONDecoder().decode(Webhook.self, from: data) == webhook,
            try reader.read(Webhook.self, from: JSONAppender.bytes(of: webhook)) == webhook
        else { throw Disagreement() }
        return [
            Comparison(
                name: "json.read", parlor: contender("parlor") { keep(try reader.read(Webhook.self, from: bytes)) },
                yardsticks: [
                    .init(
                        contender("Foundation") {
                            let decoder = JSONDecoder()
                            return { keep(try decoder.decode(Webhook.self, from: data)) }
                        }, .processorTime(floor: 0.2, aim: 0.1))
                ]),
            Comparison(
                name: "json.read.decodable",
                parlor: contender("parlor") { keep(try reader.decode(Webhook.self, from: bytes)) },
                yardsticks: [
                    .init(
                        contender("Foundation") {
                            let decoder = JSONDecoder()
                            return { keep(try decoder.decode(Webhook.self, from: data)) }
                        }, .shown(.processorTime))
                ]),
            Comparison(
                name: "json.read.tree", parlor: contender("parlor") { keep(try reader.tree(from: bytes)) },
                yardsticks: [
                    .init(
                        contender("Foundation") { keep(try JSONSerialization.jsonObject(with: data)) },
                        .shown(.processorTime))
                ]),
            Comparison(
                name: "json.check", parlor: contender("parlor") { try reader.check(bytes) },
                yardsticks: [
                    .init(
                        contender("Foundation") { keep(try JSONSerialization.jsonObject(with: data)) },
                        .processorTime(floor: 0.2, aim: 0.05))
                ]),
            Comparison(
                name: "json.write.encodable",
                parlor: contender("parlor") {
                    var appender = JSONAppender(reserving: 1024)
                    try appender.append(encoding: webhook)
                    keep(appender.bytes)
                },
                yardsticks: [
                    .init(
                        contender("Foundation") {
                            let encoder = JSONEncoder()
                            return { keep(try encoder.encode(webhook)) }
                        }, .shown(.processorTime))
                ]),
            Comparison(
                name: "json.write", parlor: contender("parlor") { keep(JSONAppender.bytes(of: webhook)) },
                yardsticks: [
                    .init(
                        contender("Foundation") {
                            let encoder = JSONEncoder()
                            return { keep(try encoder.encode(webhook)) }
                        }, .processorTime(floor: 0.2, aim: 0.07))
                ]),
        ]
    }

    /// Works again and again on this thread; its processor time counts, not what others take of the machine.
    private static func contender(
        _ name: String, making work: @escaping @Sendable () -> () throws -> Void
    ) -> Contender {
        Contender(name) { time in
            let work = work()
            let clock = ContinuousClock()
            let (start, processor) = (clock.now, Glibc.clock())
            var count = 0
            // A tenth of the turn of others: there is nothing here that has to settle.
            while clock.now - start < time / 10 {
                for _ in 0..<500 { try work() }
                count += 500
            }
            let used = Double(Glibc.clock() - processor) / Double(CLOCKS_PER_SEC)
            return Sample(count, in: clock.now - start, processorTime: used * 1e6 / Double(count))
        }
    }

    private static func contender(_ name: String, _ work: @escaping @Sendable () throws -> Void) -> Contender {
        contender(name, making: { work })
    }

    /// Keeps the optimizer from leaving out the work.
    @inline(never)
    private static func keep<Value>(_ value: Value) {}
}
