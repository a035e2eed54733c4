import Basics
import Loop
import Processes
import TestSupport
import Testing

@testable import Cluster

@Suite struct ServerConfigurationTests {
    private func configuration(
        folder: String = "/srv/parlor", memory: ByteCount = .gigabytes(8), cores: Int = 4, isEncrypted: Bool = false,
        role: ServerRole = .solo, logsEveryStatement: Bool = false
    ) -> ServerConfiguration {
        let disk = Disk(fileSystem: "ext4", kind: .solidState, capacity: .gigabytes(500))
        var basis = ServerSettings.Basis(Machine(memory: memory, cores: cores, disk: disk), role, connections: 200)
        basis.logsEveryStatement = logsEveryStatement
        return ServerConfiguration(
            dataFolder: "\(folder)/postgres/data", socketFolder: "\(folder)/run", folder: "\(folder)/postgres",
            host: "127.0.0.1", port: 5432, isEncrypted: isEncrypted, settings: ServerSettings(basis))
    }

    private func files(_ configuration: ServerConfiguration) -> String {
        "--- postgresql.conf\n\(configuration.settingsFile)--- pg_hba.conf\n\(configuration.accessFile)"
    }

    @Test("The files of a server without encryption")
    func plain() { expectGolden(files(configuration()), "configuration-plain") }

    @Test("The files of a server with a certificate, which lets nobody in without it")
    func encrypted() { expectGolden(files(configuration(isEncrypted: true)), "configuration-encrypted") }

    @Test("Quotes and backslashes in a path are PostgreSQL's")
    func quoted() {
        expectGolden(files(configuration(folder: "/srv/o'hara \\ sons", isEncrypted: true)), "configuration-quoted")
    }

    @Test("Every statement is logged when that is asked for")
    func everyStatement() {
        let configuration = configuration(logsEveryStatement: true)
        #expect(configuration.settingsFile.contains("\nlog_statement = all  # database.logging is true\n"))
    }

    @Test(
        "PostgreSQL reads the files as they were meant",
        arguments: [
            ("plain", ByteCount.megabytes(128), 1, false, ServerRole.solo, "4096"),
            ("small", .megabytes(512), 1, false, .member(replicas: 1), "16384"),
            ("with a certificate", .gigabytes(8), 4, true, .solo, "262144"),
            ("member", .gigabytes(32), 16, true, .member(replicas: 15), "1048576"),
            ("o'hara \\ sons", .gigabytes(256), 64, true, .member(replicas: 2), "8388608"),
        ])
    func accepted(
        name: String, memory: ByteCount, cores: Int, isEncrypted: Bool, role: ServerRole, buffers: String
    ) async throws {
        try await withFolderAndLoop { root, loop in
            let configuration = self.configuration(
                folder: "\(root)/\(name)", memory: memory, cores: cores, isEncrypted: isEncrypted, role: role)
            try Files.makeFolder(configuration.dataFolder)
            try Files.writeAtomically(configuration.settingsFile, to: "\(configuration.folder)/postgresql.conf")
            let programs = try await Unprivileged.installation(home: root, on: loop)
            func value(_ setting: String) async throws -> String {
                let arguments = [
                    "-D", configuration.dataFolder, "-C", setting, "-c",
                    "config_file=\(configuration.folder)/postgresql.conf",
                ]
                let program = Program(
                    programs.program("postgres"), arguments, environment: ["HOME": root, "PATH": "/usr/bin:/bin"])
                // What the server would log comes first.
                let output = try await Child.runSuccessfully(program, within: .seconds(30), on: loop)
                return String(output.split(separator: "\n").last ?? "")
            }
            // In pages of 8 kB.
            #expect(try await value("shared_buffers") == "\(buffers)")
            #expect(try await value("data_directory") == "\(configuration.dataFolder)")
            #expect(try await value("unix_socket_directories") == "\(configuration.socketFolder)")
            #expect(try await value("hba_file") == "\(configuration.folder)/pg_hba.conf")
            #expect(try await value("ssl") == (isEncrypted ? "on" : "off"))
        }
    }
}
