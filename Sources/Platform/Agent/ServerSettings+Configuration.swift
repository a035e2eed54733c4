import Basics
package import Cluster
package import Configuration
package import Loop

extension ServerSettings {
    /// The settings that a configuration leads to on a machine; `place` says where a setting of somebody's stands.
    package init(
        of database: Configuration.Database, on machine: Machine, _ role: ServerRole,
        in installation: PostgresInstallation?, isArchived: Bool, place: (_ name: String) -> String? = { _ in nil }
    ) {
        var machine = machine
        machine.memory = database.memory ?? machine.memory
        var basis = Basis(machine, role, connections: database.maxConnections)
        basis.logsEveryStatement = database.logging
        basis.isArchived = isArchived
        basis.libraries = installation?.libraries ?? []
        self.init(basis, overrides: database.settings.pairs.map { Override($0.name, $0.value, place: place($0.name)) })
    }
}

extension PostgresInstallation {
    /// What PostgreSQL has against settings of somebody's, by their names; it need not run for that.
    package func objections(
        to settings: DatabaseSettings, on loop: EventLoop
    ) async throws -> [(name: String, objection: String)] {
        var found: [(name: String, objection: String)] = []
        for (name, value) in settings.pairs {
            if let objection = try await objection(to: name, value, on: loop) { found.append((name, objection)) }
        }
        return found
    }

    /// Refuses settings with which the server would not start.
    func check(_ settings: DatabaseSettings, on loop: EventLoop) async throws {
        guard let (name, objection) = try await objections(to: settings, on: loop).first else { return }
        throw ParlorError(
            .configuration, "database.settings.\(name) is not taken by PostgreSQL \(version)", why: objection,
            hint: "Correct it, then run \"./parlor config check\".")
    }
}
