import Loop
package import Postgres
package import Store

/// A salon in a database of a test's own, with a customer who writes to it, and a superuser's session to look with.
package struct TestedSalon: Sendable {
    /// How the service reaches the database.
    package let store: Store
    /// Work for the salon.
    package let scope: SalonScope
    /// The salon's key.
    package let id: PostgresUUID
    /// Its customer.
    package let customer: PostgresUUID
    /// The conversation with the customer, whose window is open.
    package let conversation: PostgresUUID
    /// Sees everything.
    package let superuser: PostgresSession

    /// Opens another salon in the same database.
    package static func open(
        _ name: String, _ store: Store, _ superuser: PostgresSession
    ) async throws -> TestedSalon {
        let salon = try await superuser.query(
            "INSERT INTO salons (name, phone_number_id, business_account_id) VALUES ($1, $1, 'account') RETURNING id",
            name
        ).only[0, as: PostgresUUID.self]
        let customer = try await superuser.query(
            """
            INSERT INTO customers (salon_id, name, phone_number, whatsapp_user_id)
            VALUES ($1, 'Carla', '4915112345678', 'DE.' || $2) RETURNING id
            """, salon, name
        ).only[0, as: PostgresUUID.self]
        let conversation = try await superuser.query(
            """
            INSERT INTO conversations (salon_id, customer_id, phone_number, window_expires_at)
            VALUES ($1, $2, '4915112345678', now() + interval '24 hours') RETURNING id
            """, salon, customer
        ).only[0, as: PostgresUUID.self]
        return TestedSalon(
            store: store, scope: SalonScope(SalonIdentifier(salon), by: .service("test")), id: salon,
            customer: customer, conversation: conversation, superuser: superuser)
    }

    /// Puts a message that waits to be sent into the conversation, as a row and nothing else.
    package func putQueuedMessage(_ text: String = "hello") async throws -> PostgresUUID {
        try await superuser.query(
            """
            INSERT INTO messages (salon_id, conversation_id, customer_id, direction, message_type, content, status)
            VALUES ($1, $2, $3, 'OUTBOUND', 'TEXT', $4, 'QUEUED') RETURNING id
            """, id, conversation, customer, text
        ).only[0]
    }

    /// The state of a message, as a text.
    package func state(of message: PostgresUUID) async throws -> String {
        try await superuser.query("SELECT status::text FROM messages WHERE id = $1", message).only[0]
    }
}

/// Runs `body` with a salon in a database of its own.
package func withTestedSalon<Result: Sendable>(
    _ body: @escaping @Sendable (TestedSalon) async throws -> Result
) async throws -> Result {
    try await withSalonDatabase { database, loop in
        let superuser = try await PostgresSession.connect(database.superuser, on: loop)
        defer { superuser.close() }
        let store = Store(primary: database.service, on: loop)
        do {
            let result = try await body(TestedSalon.open("Salon", store, superuser))
            await store.stop(within: .seconds(10))
            return result
        } catch {
            await store.stop(within: .zero)
            throw error
        }
    }
}
