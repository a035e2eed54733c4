import Postgres

/// Lets a second task of the same loop use a connection.
struct SharedConnection: @unchecked Sendable {
    // Guard of @unchecked Sendable: both tasks run on the connection's loop, one after the other.
    let connection: PostgresConnection
    init(_ connection: PostgresConnection) { self.connection = connection }
}
