import Postgres

/// A place in the write-ahead log with a name, to which the whole server can be brought back.
package enum RestorePoint: Hashable, Sendable, CustomStringConvertible {
    /// It was made. Without an archive it is of use only to whoever keeps the log in another way.
    case made(name: String, position: String, isArchived: Bool)
    /// It could not be made, for this reason.
    case impossible(String)

    /// One line for people.
    package var description: String {
        switch self {
        case .made(let name, let position, true):
            "way back: restore a base backup with recovery_target_name = '\(name)' (at \(position))"
        case .made(let name, let position, false):
            "restore point \(name) at \(position); without an archive of the log (archive_mode) it leads nowhere"
        case .impossible(let reason): "no restore point: \(reason)"
        }
    }

    /// Makes one; never fails for lack of a right or of a log that could hold it.
    static func make(_ name: String, on session: PostgresSession) async throws -> RestorePoint {
        let row = try await session.query(
            """
            SELECT has_function_privilege('pg_create_restore_point(text)', 'execute'),
                current_setting('wal_level'), current_setting('archive_mode')
            """
        ).only
        let (isAllowed, level, archive) = try row.values(as: Bool.self, String.self, String.self)
        guard level != "minimal" else { return .impossible("wal_level is minimal") }
        guard isAllowed else {
            return .impossible("the role \(session.options.user) may not execute pg_create_restore_point")
        }
        let position = try await session.query("SELECT pg_create_restore_point($1)::text", name, fate: .own)
        return .made(name: name, position: try position.only[0], isArchived: archive != "off")
    }
}
