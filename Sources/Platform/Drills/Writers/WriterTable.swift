import Basics
package import Postgres

/// The table that writers fill.
///
/// It has no key: a row that is there twice must be seen, not refused.
package struct WriterTable: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// What the values of its rows come from.
    package var seed: UInt64

    /// Names a table.
    package init(_ name: String = "fault_rows", seed: UInt64) {
        self.name = name
        self.seed = seed
    }

    /// Makes it where it is missing.
    package func create(_ session: PostgresSession) async throws {
        try await session.execute(
            """
            CREATE TABLE IF NOT EXISTS \(name)
                (client int8 NOT NULL, sequence int8 NOT NULL, value int8 NOT NULL, written_at timestamptz NOT NULL)
            """)
    }

    /// Writes a row, and has the server say at which address it was reached; nothing when that was its socket.
    var insert: String {
        """
        INSERT INTO \(name) VALUES ($1, $2, $3, clock_timestamp())
        RETURNING host(inet_server_addr()) || ':' || inet_server_port()
        """
    }

    /// What the row of a write holds; it need not be kept anywhere, because it can be reckoned again.
    package func value(of operation: Operation) -> Int {
        var random = SeededRandom(
            seed: seed ^ (UInt64(bitPattern: Int64(operation.client)) << 40)
                ^ UInt64(bitPattern: Int64(operation.sequence)))
        return Int(random.next() >> 1)
    }

    /// The rows that a server has.
    package func rows(_ session: PostgresSession) async throws -> [WrittenRow] {
        try await session.query("SELECT client, sequence, value FROM \(name)").map { row in
            let operation = Operation(client: try row[0], sequence: try row[1])
            return WrittenRow(operation: operation, value: try row[2])
        }
    }
}

/// A row as it was found.
package struct WrittenRow: Hashable, Sendable {
    /// The write that it says it is of.
    package var operation: Operation
    /// What it holds.
    package var value: Int

    /// Describes a row.
    package init(operation: Operation, value: Int) {
        self.operation = operation
        self.value = value
    }
}
