package import Basics
package import HTTP
import Loop
package import Postgres
package import Processes

/// What `parlor status --json` tells.
package struct Status: Sendable {
    /// The parts, in the order in which they start.
    package var parts: [PartStatus]
    /// Whether all of them are ready.
    package var isHealthy: Bool

    /// Reads it.
    package init(_ json: JSON) throws {
        let parts = (json["parts"]?.elements ?? []).map { PartStatus(json: $0) }
        guard let isHealthy = json["healthy"]?.boolean, !parts.contains(nil) else {
            throw Failure("this is no status: \(json.compact)")
        }
        self.parts = parts.compactMap(\.self)
        self.isHealthy = isHealthy
    }

    /// The part of that name.
    package func part(_ name: String) throws -> PartStatus {
        guard let part = parts.first(where: { $0.name == name }) else { throw Failure("there is no part \(name)") }
        return part
    }

    /// The process of a part that runs.
    package func pid(_ name: String) throws -> Int32 {
        guard let pid = try part(name).pid else { throw Failure("\(name) does not run") }
        return pid
    }

    /// The port of a part.
    package func port(_ name: String) throws -> Int {
        guard let port = try part(name).port else { throw Failure("\(name) has no port") }
        return port
    }
}

extension ParlorSystem {
    /// The system as it stands.
    package func status() async throws -> Status { try Status(try await succeed("status", "--json").json) }

    /// Asks for the status again and again until it satisfies `condition`.
    @discardableResult
    package func status(within limit: Duration = .seconds(30), until condition: (Status) -> Bool) async throws -> Status
    {
        let deadline = ContinuousClock.now + limit
        while true {
            let status = try await status()
            if condition(status) { return status }
            guard .now < deadline else { throw Failure("the status stays as it is: \(status)") }
            // The looks must not take the processor from what they wait for.
            try await loop.sleep(for: .milliseconds(30))
        }
    }

    /// The process that holds the state folder.
    package func agent() throws -> Int32 {
        guard let pid = try FileLock.holder(of: "\(state)/lock") else { throw Failure("no agent runs") }
        return pid
    }

    /// Asks the service.
    package func get(_ target: String, port: Int? = nil) async throws -> HTTPResponse {
        let port = if let port { port } else { try await status().port("service") }
        return try await HTTPClient(on: loop).get(
            target, at: .tcp(host: "127.0.0.1", port: port), within: .seconds(10))
    }

    /// Asks the service until it answers like this where it is about the database; an answer is good for a moment.
    package func waitUntilDatabase(is status: HTTPStatus, port: Int? = nil) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        for target in ["/health", "/health/ready"] {
            while case let answer = try await get(target, port: port).status, answer != status {
                guard .now < deadline else { throw Failure("\(target) goes on answering \(answer.code)") }
                try await loop.sleep(for: .milliseconds(30))
            }
        }
    }

    /// Runs `body` with the superuser's connection to the service's database.
    package func withDatabase<Result>(
        _ database: String = "whatsapp_saas", _ body: (PostgresSession) async throws -> Result
    ) async throws -> Result {
        let connection = try await PostgresSession.connect(
            ConnectionOptions(
                host: "\(state)/run", port: try await status().port("postgres"), database: database, user: "postgres",
                password: Secret(try secret("postgres_superuser")), applicationName: "parlor tests"),
            on: loop)
        defer { connection.close() }
        return try await body(connection)
    }

    /// Writes rows, a word each, that must never be lost.
    package func keep(_ words: [String]) async throws {
        try await withDatabase { database in
            try await database.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
            for word in words { try await database.query("INSERT INTO kept VALUES ($1)", word) }
        }
    }

    /// The rows that are there.
    package func kept() async throws -> [String] {
        try await withDatabase { database in
            try await database.query("SELECT word FROM kept").map { try $0["word", as: String.self] }
        }
    }

    /// A secret of the state folder.
    package func secret(_ name: String) throws -> String {
        try Files.readText("\(state)/secrets/\(name)").split(separator: "\n").first.map(String.init) ?? ""
    }
}

extension JSON {
    /// The names of an object's members in their order.
    package var names: [String] { if case .object(let members) = self { members.map(\.name) } else { [] } }
}
