import Basics
import Loop
import Postgres
import Testing

@testable import Cluster

/// The settings against a real server.
@Suite struct RunningSettingsTests {
    private func rows(_ tested: TestedServer) async throws -> [RunningSetting] {
        try await tested.connected { connection in
            try await connection.query(RunningSetting.query).map { row in
                let (name, value, unit, kind, context, isPending) = try row.values(
                    as: String.self, String?.self, String?.self, String.self, String.self, Bool.self)
                return RunningSetting(
                    name, value ?? "", unit: unit, kind: kind, context: context, isRestartPending: isPending)
            }
        }
    }

    @Test("A server that starts with its settings has them all", arguments: [ServerRole.solo, .member(replicas: 2)])
    func started(role: ServerRole) async throws {
        try await withFolderAndLoop { folder, loop in
            let tested = try await TestedServer(in: folder, role: role, on: loop)
            try await tested.run {
                let settings = tested.server.configuration.settings
                let difference = SettingsDifference(from: try await rows(tested), to: settings.all)
                #expect(difference.items == [] && difference.fixed == [])
                let broken = try await tested.text(
                    "SELECT string_agg(name || ': ' || error, ', ') FROM pg_file_settings WHERE error IS NOT NULL")
                #expect(broken == nil)
            }
        }
    }

    @Test("What a setting takes to change is what the server says, for every setting that it has")
    func contexts() async throws {
        try await withFolderAndLoop { folder, loop in
            let tested = try await TestedServer(in: folder, on: loop)
            try await tested.run {
                let rows = try await rows(tested)
                for row in rows where row.context != "internal" {
                    let expected: ServerSetting.Change = row.context == "postmaster" ? .restart : .reload
                    #expect(ServerSetting.change(of: row.name) == expected, "\(row.name)")
                }
                let known = Set(rows.map(\.name))
                // Settings of the versions 16 and 17, which this server does not have.
                let later: Set = [
                    "commit_timestamp_buffers", "debug_io_direct", "max_notify_queue_pages", "multixact_member_buffers",
                    "multixact_offset_buffers", "notify_buffers", "reserved_connections", "serializable_buffers",
                    "subtransaction_buffers", "trace_connection_negotiation", "transaction_buffers",
                ]
                #expect(ServerSetting.restartNames.subtracting(known) == later)
                #expect(ServerSetting.namesHeldByReplicas.isSubset(of: known))
            }
        }
    }

    @Test("After a reload, exactly what needs a restart waits for it")
    func pending() async throws {
        try await withFolderAndLoop { folder, loop in
            let tested = try await TestedServer(in: folder, on: loop)
            try await tested.run {
                let machine = Machine(memory: .gigabytes(16), cores: 16, disk: Disk(kind: .rotating))
                let basis = ServerSettings.Basis(machine, .member(replicas: 4), connections: 300)
                let wanted = ServerSettings(basis, overrides: [.init("jit", "no")])
                let difference = SettingsDifference(from: try await rows(tested), to: wanted.all)
                #expect(difference.restarts.contains { $0.name == "max_connections" })
                #expect(difference.reloads.contains { $0.name == "work_mem" })
                var configuration = tested.server.configuration
                configuration.settings = wanted
                try Files.writeAtomically(configuration.settingsFile, to: "\(folder)/postgresql.conf")
                Unprivileged.give("\(folder)/postgresql.conf")
                try await reload(tested)
                let after = try await rows(tested)
                #expect(Set(after.filter(\.isRestartPending).map(\.name)) == Set(difference.restarts.map(\.name)))
                let left = SettingsDifference(from: after, to: wanted.all)
                #expect(left.reloads == [] && left.restarts.map(\.name) == difference.restarts.map(\.name))
                #expect(left.restarts.filter { !$0.isPending } == [])
            }
        }
    }

    /// Has the server read its files, and waits until it has.
    private func reload(_ tested: TestedServer) async throws {
        try await tested.connected { connection in
            let before = try await connection.text("SELECT pg_conf_load_time()::text")
            _ = try await connection.query("SELECT pg_reload_conf()")
            while try await connection.text("SELECT pg_conf_load_time()::text") == before {}
        }
    }
}
