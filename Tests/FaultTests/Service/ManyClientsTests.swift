import Basics
import Digests
import FaultTestSupport
import Glibc
import HTTP
import HTTPTestSupport
import Loop
import Postgres
import Processes
import StoreTestSupport
import Telemetry
import TestSupport
import Testing

/// Row 24 of the fault matrix: two thousand clients are connected at once, twice as many as the service serves.
@Suite("Two thousand clients") struct ManyClientsTests {
    private static let clients = 2000

    @Test("Each is answered or told when to come again, and who asks how the service is hears it meanwhile", .longFault)
    func clients() async throws {
        try await withSalonDatabase { database, loop in
            let superuser = try await PostgresSession.connect(database.superuser, on: loop)
            defer { superuser.close() }
            try await superuser.execute("INSERT INTO salons (name, phone_number_id) VALUES ('Ada', 'salon')")
            let server = try ServiceProcess(database, on: loop)
            try await Self.ready(server, on: loop)
            let crowd = Crowd(server, count: Self.clients, on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<Self.clients {
                    group.addTask(executorPreference: loop) { try await crowd.client(number) }
                }
                group.addTask(executorPreference: loop) { try await crowd.lookAfter() }
                try await group.waitForAll()
            }
            try await server.end()
            #expect(crowd.answered == Self.clients && crowd.refused > Self.clients / 4, "\(crowd.summary)")
            // Who is not served is told so, and when to come again; nobody is cut without a word.
            #expect(crowd.mute == 0 && crowd.withoutWord == [], "\(crowd.summary)")
            #expect(crowd.looks.count > 3 && crowd.looks.allSatisfy { $0.status == 200 }, "\(crowd.summary)")
            #expect(crowd.looks.allSatisfy { $0.time < .seconds(5) }, "\(crowd.summary)")
            #expect(crowd.memory < 150 << 20, "\(crowd.summary)")
            let kept = try await superuser.query(
                "SELECT count(*), count(DISTINCT payload) FROM webhook_logs WHERE status <> 'FAILED'"
            ).only.values(as: Int.self, Int.self)
            #expect(kept == (Self.clients, Self.clients))
        }
    }

    private static func ready(_ server: ServiceProcess, on loop: EventLoop) async throws {
        let client = HTTPClient(on: loop)
        defer { client.close() }
        let deadline = ContinuousClock.now + .seconds(30)
        while await (try? client.get("/health/ready", at: server.address, within: .seconds(5)))?.status != .ok {
            guard .now < deadline else { throw ParlorError(.timeout, "the service did not start") }
            try await loop.sleep(for: .milliseconds(20))
        }
    }
}

/// Clients that keep their connections, and somebody who looks after the service.
private final class Crowd: @unchecked Sendable {
    // Guard of @unchecked Sendable: every client is a task that prefers `loop`, which is no isolation that the compiler
    // knows; with a lock for each count the sums of a crowd would be of different moments.
    struct Look: Sendable {
        let status: Int
        let time: Duration
    }

    private let server: ServiceProcess
    private let count: Int
    private let loop: EventLoop
    private let now = Timestamp.now().microseconds / 1_000_000
    private var open: [RawConnection] = []
    /// How many have heard something.
    private var told = 0
    private(set) var answered = 0
    private(set) var refused = 0
    /// How often a connection ended without an answer.
    private(set) var mute = 0
    /// Answers that are neither that it is done nor when to come again.
    private(set) var withoutWord: Set<String> = []
    private(set) var looks: [Look] = []
    /// The most that the service had in memory.
    private(set) var memory = 0

    init(_ server: ServiceProcess, count: Int, on loop: EventLoop) {
        self.server = server
        self.count = count
        self.loop = loop
    }

    var summary: String {
        "answered \(answered), refused \(refused), mute \(mute), \(withoutWord), \(looks.count) looks, "
            + "longest \(looks.map(\.time).max() ?? .zero), memory \(memory >> 20) MB, statuses \(Set(looks.map(\.status)))"
    }

    /// Delivers, comes again when it is told to, and stays connected until everybody has been told something.
    func client(_ number: Int) async throws {
        let body = """
            {"object":"whatsapp_business_account","entry":[{"id":"account","changes":[{"value":{"metadata":{\
            "phone_number_id":"salon"},"messages":[{"id":"wamid.crowd\(number)","from":"49\(1000 + number)",\
            "timestamp":"\(now)","type":"text","text":{"body":"message \(number)"}}]},"field":"messages"}]}]}
            """
        let signature = Digest(of: Array(body.utf8), key: Array(ServiceProcess.secret.utf8)).hexadecimal
        let request = """
            POST /webhook HTTP/1.1\r\nHost: parlor\r\nX-Hub-Signature-256: sha256=\(signature)\r\n\
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
        var isFirst = true
        while true {
            let connection = try await RawConnection.to(server.address, on: loop)
            let answer = await answer(to: request, connection)
            if isFirst { told += 1 }
            isFirst = false
            if answer.hasPrefix("HTTP/1.1 200") {
                answered += 1
                if told < count { open.append(connection) } else { connection.close() }
                return
            }
            connection.close()
            note(answer)
            // As it was told.
            try await loop.sleep(for: .seconds(1))
        }
    }

    private func answer(to request: String, _ connection: RawConnection) async -> String {
        do {
            try await connection.send(request)
            return try await connection.text(until: "\r\n\r\n")
        } catch { return "" }
    }

    private func note(_ answer: String) {
        if answer.isEmpty {
            mute += 1
        } else if answer.hasPrefix("HTTP/1.1 503"), answer.contains("\r\nRetry-After: ") {
            refused += 1
        } else {
            withoutWord.insert(answer)
        }
    }

    /// Asks how the service is, on a new connection each time, until everybody has been answered and once more.
    func lookAfter() async throws {
        var isLast = false
        let deadline = loop.now + .seconds(60)
        while !isLast, loop.now < deadline {
            isLast = answered == count
            if told == count {
                for connection in open { connection.close() }
                open = []
            }
            let begin = loop.now
            let connection = try await RawConnection.to(server.address, on: loop)
            let answer = await answer(to: "GET /health HTTP/1.1\r\nHost: parlor\r\n\r\n", connection)
            connection.close()
            looks.append(Look(status: Int(answer.dropFirst(9).prefix(3)) ?? 0, time: loop.now - begin))
            memory = max(memory, ProcessReading(process: server.child.pid)?.residentBytes ?? 0)
            try await loop.sleep(for: .milliseconds(50))
        }
    }
}
