import Basics
import Loop
import Processes
import TestSupport
import Testing

@testable import Cluster

@Suite struct ServerConfigurationTests {
    private func configuration(
        folder: String = "/srv/parlor", memory: ByteCount = .gigabytes(8), isEncrypted: Bool = false
    ) -> ServerConfiguration {
        ServerConfiguration(
            dataFolder: "\(folder)/postgres/data", socketFolder: "\(folder)/run", folder: "\(folder)/postgres",
            host: "127.0.0.1", port: 5432, isEncrypted: isEncrypted, logsEveryStatement: false,
            tuning: ServerTuning(memory: memory, cores: 4, connections: 200))
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
        var configuration = configuration()
        configuration.logsEveryStatement = true
        #expect(configuration.settingsFile.contains("\nlog_statement = all\n"))
    }

    @Test(
        "PostgreSQL reads the files as they were meant",
        arguments: [
            ("plain", ByteCount.megabytes(128), false, "4096"), ("with a certificate", .gigabytes(8), true, "262144"),
            ("o'hara \\ sons", .gigabytes(256), true, "8388608"),
        ])
    func accepted(name: String, memory: ByteCount, isEncrypted: Bool, buffers: String) async throws {
        try await withFolderAndLoop { root, loop in
            let configuration = self.configuration(folder: "\(root)/\(name)", memory: memory, isEncrypted: isEncrypted)
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
