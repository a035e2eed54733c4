import Basics
import Loop
import Postgres

extension HardeningCheck {
    /// How the servers are set, and what they write down.
    static let settingChecks = [settings, auditExtension, restarts]

    private static let settings = HardeningCheck(
        "settings", .settings, "every node is set as the checklist asks",
        hint:
            "Take the setting out of database.settings and custom.conf, then run \"./parlor down\" and \"./parlor up\"."
    ) { system, loop in
        var found: [Observation] = []
        for node in system.nodes {
            let session = try await PostgresSession.connect(system.superuser(of: node), on: loop)
            defer { session.close() }
            let rows = try await session.query("SELECT name, setting FROM pg_settings", within: HardenedSystem.limit)
            var values: [String: String] = [:]
            for row in rows {
                let (name, value) = try row.values(as: String.self, String?.self)
                values[name] = value
            }
            found += SettingRule.all.map { $0.observation(values[$0.name], on: node.name) }
        }
        return found
    }

    private static let auditExtension = HardeningCheck(
        "audit_extension", .settings, "pgaudit writes down who did what, where it is installed",
        hint: "Add pgaudit to shared_preload_libraries in database.settings, and set pgaudit.log."
    ) { system, loop in
        guard let node = system.leadingNode else { return [.untried("nobody leads the cluster")] }
        let session = try await PostgresSession.connect(system.superuser(of: node), on: loop)
        defer { session.close() }
        let row = try await session.query(
            """
            SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgaudit'),
                current_setting('shared_preload_libraries') LIKE '%pgaudit%',
                coalesce(current_setting('pgaudit.log', true), 'none')
            """, within: HardenedSystem.limit
        ).only
        let (isInstalled, isLoaded, classes) = try row.values(as: Bool.self, Bool.self, String.self)
        return [AuditExtension(isInstalled: isInstalled, isLoaded: isLoaded, classes: classes).observation]
    }

    private static let restarts = HardeningCheck(
        "pending_restarts", .settings, "no node waits for a restart to take a setting on",
        hint: "Run \"./parlor down\" and \"./parlor up\"."
    ) { system, loop in
        var found: [Observation] = []
        for node in system.nodes {
            let session = try await PostgresSession.connect(system.superuser(of: node), on: loop)
            defer { session.close() }
            let rows = try await session.query(
                "SELECT name FROM pg_settings WHERE pending_restart", within: HardenedSystem.limit)
            let names = try rows.map { try $0[0, as: String.self] }
            found.append(
                names.isEmpty
                    ? .sound(node.name) : .violation("\(node.name) waits with \(names.joined(separator: ", "))"))
        }
        return found
    }
}
