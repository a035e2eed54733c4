package import Postgres

/// Who writes how, and where.
package struct WriterPlan: Sendable {
    /// How many clients, each with a connection of its own.
    package var clients: Int
    /// The number of the first; those of one journal must differ.
    package var firstClient = 1
    /// How often each of them writes; nil is as often as it can.
    package var pace: Duration?
    /// Over what time the first of them and the last begin; nil is one pace. Many that sign in at once wait for each
    /// other longer than they have patience for.
    package var ramp: Duration?
    /// Where they connect, every time anew after a connection has ended: a server, several with a target, or a pooler.
    package var options: ConnectionOptions
    /// How they treat their statements: through a pooler, unnamed.
    package var sessionOptions = SessionOptions()
    /// What they write into.
    package var table: WriterTable
    /// How long an answer is waited for before the connection is given up, the statement not called off: a commit that
    /// waits for a standby goes on. Nil waits for ever.
    package var patience: Duration?
    /// How long after a failed attempt to connect the next one begins.
    package var reconnectPause: Duration = .milliseconds(20)

    /// Plans some clients that write every 20 ms.
    package init(
        clients: Int, options: ConnectionOptions, table: WriterTable, pace: Duration? = .milliseconds(20),
        patience: Duration? = nil
    ) {
        self.clients = clients
        self.options = options
        self.table = table
        self.pace = pace
        self.patience = patience
    }
}
