package import Loop
package import Postgres

/// Looks at servers after a fault.
package struct Checker: Sendable {
    /// What the writers filled.
    package let table: WriterTable
    private let loop: EventLoop

    /// A checker of one table.
    package init(_ table: WriterTable, on loop: EventLoop) {
        self.table = table
        self.loop = loop
    }

    /// Holds what a server has against a journal, which is read from the disk.
    package func check(_ server: ConnectionOptions, against journal: Journal) async throws -> RowCheck {
        RowCheck(try await rows(server), of: table, against: try JournalContents(readingFrom: journal.path))
    }

    /// The acknowledged writes that a server which lost its role has and the one that took over lacks: what was
    /// acknowledged on the loser.
    package func acknowledgedOnly(
        on loser: ConnectionOptions, notOn winner: ConnectionOptions, according journal: Journal
    ) async throws -> [Operation] {
        let contents = try JournalContents(readingFrom: journal.path)
        let kept = Set(try await rows(winner).map(\.operation))
        return try await rows(loser).map(\.operation)
            .filter { !kept.contains($0) && contents.outcomes[$0] == .acknowledged }.sorted()
    }

    private func rows(_ server: ConnectionOptions) async throws -> [WrittenRow] {
        let session = try await PostgresSession.connect(server, on: loop)
        defer { session.close() }
        return try await table.rows(session)
    }
}
