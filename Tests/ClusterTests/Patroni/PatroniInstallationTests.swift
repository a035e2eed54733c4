import Basics
import Configuration
import Processes
import TestSupport
import Testing

@testable import Cluster

@Suite struct PatroniInstallationTests {
    /// A folder like that of an installation of a version.
    private func make(_ package: String, in folder: String) throws {
        try Files.makeFolder("\(folder)/bin")
        try Files.writeAtomically("", to: "\(folder)/bin/python3")
        try Files.makeFolder("\(folder)/lib/python3.11/site-packages/\(package)")
        try Files.makeFolder("\(folder)/lib/python3.11/site-packages/patroni")
    }

    @Test("Every 4.1 is taken", arguments: ["4.1.0", "4.1.5", "4.1.12"])
    func supported(version: String) throws {
        try withTemporaryFolder { folder in
            try make("patroni-\(version).dist-info", in: folder)
            #expect(try PatroniInstallation(in: folder).folder == folder)
        }
    }

    @Test("Another version is refused with a way out", arguments: ["3.0.2", "4.0.5", "4.10.0", "5.0.0"])
    func unsupported(version: String) throws {
        try withTemporaryFolder { folder in
            try make("patroni-\(version).dist-info", in: folder)
            let error = try #require(throws: ParlorError.self) { try PatroniInstallation(in: folder) }
            #expect(error.code == .engineUnsupported)
            #expect(
                error.description == """
                    Patroni \(version) in \(folder) is not supported: Parlor works with 4.1
                    HINT: Remove \(folder), then run "./parlor": it installs the right version.
                    """)
        }
    }

    @Test("An installation that was cut off is refused")
    func incomplete() throws {
        try withTemporaryFolder { folder in
            try make("patroni_helpers-4.1.5.dist-info", in: folder)
            let error = try #require(throws: ParlorError.self) { try PatroniInstallation(in: folder) }
            #expect(error.what == "Patroni of an unknown version in \(folder) is not supported")
        }
    }

    @Test("No installation is told as what it is")
    func missing() throws {
        let error = try #require(throws: ParlorError.self) { try PatroniInstallation(in: "/nowhere") }
        #expect(error.code == .engineMissing)
        #expect(
            error.description == """
                Patroni is not installed: there is no /nowhere/bin/python3
                HINT: Run "./parlor" once as a user who may write there; it installs what is missing.
                """)
    }

    @Test("Patroni's words and surroundings hold no password, and what ends Patroni stops PostgreSQL first")
    func program() throws {
        try withTemporaryFolder { folder in
            try make("patroni-4.1.5.dist-info", in: folder)
            let node = PatroniNode(.example(), try PatroniInstallation(in: folder))
            let program = node.program
            #expect(program.arguments == ["-m", "patroni", "/srv/node1/patroni.yml"])
            let fast = PatroniNode(.example(settings: .example(profile: .lan)), node.installation).program
            #expect(fast.arguments.first == "-c" && fast.arguments.last == "/srv/node1/patroni.yml")
            #expect(program.parentDeathSignal == 15)
            for password in ClusterAccounts.example.all {
                #expect(!"\(program)".contains(password.reveal()))
                #expect(!"\(node.superuser())".contains(password.reveal()))
            }
        }
    }
}
