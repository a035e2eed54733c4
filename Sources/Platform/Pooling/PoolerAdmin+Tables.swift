package import Basics
import Postgres

/// A pool: the connections of one user to one database.
package struct PoolerPool: Equatable, Sendable {
    /// The name of the database at the pooler.
    package var database: String
    /// The user.
    package var user: String
    /// Clients that have a server connection or want none at the moment.
    package var activeClients: Int
    /// Clients that wait for a server connection.
    package var waitingClients: Int
    /// Server connections with a client.
    package var activeServers: Int
    /// Server connections without one.
    package var idleServers: Int
    /// Server connections that are being made.
    package var startingServers: Int
    /// How long the first of those who wait has waited.
    package var longestWait: Duration
}

/// A client's connection.
package struct PoolerClient: Equatable, Sendable {
    /// The name of the database at the pooler.
    package var database: String
    /// The user.
    package var user: String
    /// `active` or `waiting`, and how it is while it cancels.
    package var state: String
    /// Where it comes from.
    package var address: String
    /// Whether it is encrypted.
    package var isEncrypted: Bool
    /// What it calls itself.
    package var application: String
}

/// A connection to a server.
package struct PoolerServer: Equatable, Sendable {
    /// The name of the database at the pooler.
    package var database: String
    /// The user.
    package var user: String
    /// `active`, `idle`, `used`, `tested`, `new`, and how it is while it cancels.
    package var state: String
    /// The server.
    package var node: PoolerNode
    /// Whether it is closed as soon as it has no transaction open.
    package var mustClose: Bool
    /// The server's process.
    package var process: Int
    /// Whether it is encrypted.
    package var isEncrypted: Bool
}

/// What went through a database so far.
package struct PoolerTraffic: Equatable, Sendable {
    /// The name of the database at the pooler.
    package var database: String
    /// Transactions.
    package var transactions: Int
    /// Statements.
    package var statements: Int
    /// What clients sent.
    package var received: ByteCount
    /// What clients were sent.
    package var sent: ByteCount
    /// The time that clients waited for a server connection.
    package var waited: Duration
}

/// A database as the process has it.
package struct PoolerDatabaseState: Equatable, Sendable {
    /// The name of the database at the pooler.
    package var alias: String
    /// Where it leads; several hosts are in one text.
    package var host: String
    /// The port there.
    package var port: Int
    /// The database's own name.
    package var name: String
    /// The most connections of a pool.
    package var poolSize: Int
    /// The most connections of all pools.
    package var connectionsMax: Int
    /// How many there are.
    package var connections: Int
    /// Whether its statements are held back.
    package var isPaused: Bool
}

extension PoolerAdmin {
    /// All pools.
    package func pools() async throws -> [PoolerPool] {
        try await table("SHOW POOLS") { row throws(ParlorError) in
            PoolerPool(
                database: row.text("database"), user: row.text("user"), activeClients: try row.number("cl_active"),
                waitingClients: try row.number("cl_waiting"), activeServers: try row.number("sv_active"),
                idleServers: try row.number("sv_idle"), startingServers: try row.number("sv_login"),
                longestWait: .seconds(try row.number("maxwait")) + .microseconds(try row.number("maxwait_us")))
        }
    }

    /// All clients.
    package func clients() async throws -> [PoolerClient] {
        try await table("SHOW CLIENTS") { row throws(ParlorError) in
            PoolerClient(
                database: row.text("database"), user: row.text("user"), state: row.text("state"),
                address: row.text("addr"), isEncrypted: !row.text("tls").isEmpty,
                application: row.text("application_name"))
        }
    }

    /// How many clients are signing in, whom `clients` leaves out.
    package func clientsSigningIn() async throws -> Int {
        let lists = try await table("SHOW LISTS") { row throws(ParlorError) in
            (name: row.text("list"), count: try row.number("items"))
        }
        return lists.first { $0.name == "login_clients" }?.count ?? 0
    }

    /// All connections to servers.
    package func servers() async throws -> [PoolerServer] {
        try await table("SHOW SERVERS") { row throws(ParlorError) in
            PoolerServer(
                database: row.text("database"), user: row.text("user"), state: row.text("state"),
                node: PoolerNode(host: row.text("addr"), port: try row.number("port")),
                mustClose: try row.number("close_needed") != 0, process: try row.number("remote_pid"),
                isEncrypted: !row.text("tls").isEmpty)
        }
    }

    /// What went through each database.
    package func traffic() async throws -> [PoolerTraffic] {
        try await table("SHOW STATS") { row throws(ParlorError) in
            PoolerTraffic(
                database: row.text("database"), transactions: try row.number("total_xact_count"),
                statements: try row.number("total_query_count"),
                received: ByteCount(try row.number("total_received")), sent: ByteCount(try row.number("total_sent")),
                waited: .microseconds(try row.number("total_wait_time")))
        }
    }

    /// All databases but the console.
    package func databases() async throws -> [PoolerDatabaseState] {
        try await table("SHOW DATABASES") { row throws(ParlorError) in
            PoolerDatabaseState(
                alias: row.text("name"), host: row.text("host"), port: try row.number("port"),
                name: row.text("database"), poolSize: try row.number("pool_size"),
                connectionsMax: try row.number("max_connections"),
                connections: try row.number("current_connections"), isPaused: try row.number("paused") != 0)
        }.filter { $0.alias != "pgbouncer" }
    }

    /// The settings that hold.
    package func settings() async throws -> [String: String] {
        let pairs = try await table("SHOW CONFIG") { row throws(ParlorError) in (row.text("key"), row.text("value")) }
        return Dictionary(pairs) { first, _ in first }
    }

    private func table<Row>(
        _ command: String, _ read: (ConsoleRow) throws(ParlorError) -> Row
    ) async throws -> [Row] {
        let answer = try await ask(command)
        var rows: [Row] = []
        for cells in answer.rows { rows.append(try read(ConsoleRow(columns: answer.columns, cells: cells))) }
        return rows
    }
}

/// A row of the console's answer.
struct ConsoleRow {
    let columns: [String]
    let cells: [String?]

    /// The text in a column; empty for NULL and where this version has no such column.
    func text(_ column: String) -> String {
        columns.firstIndex(of: column).flatMap { cells[$0] } ?? ""
    }

    func number(_ column: String) throws(ParlorError) -> Int {
        guard let number = Int(text(column)) else {
            throw ParlorError(
                .protocolViolation, "PgBouncer's console has no number in the column \(column)",
                hint: "Install the PgBouncer of Debian 12; Parlor reads the tables of version 1.18.")
        }
        return number
    }
}
