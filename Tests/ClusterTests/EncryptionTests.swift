import Basics
import Loop
import Postgres
import Processes
import Testing

@testable import Cluster

@Suite struct EncryptionTests {
    @Test("With a certificate connections over TCP are encrypted, and plain ones are refused")
    func encrypted() async throws {
        try await withFolderAndLoop { folder, loop in
            let certificate = try await self.certificate(folder, on: loop)
            let tested = try await TestedServer(in: folder, certificate: certificate, on: loop)
            try await tested.run {
                func connect(_ mode: ConnectionOptions.SSLMode) async throws -> PostgresRow {
                    let change = { (options: inout ConnectionOptions) in
                        options.host = "127.0.0.1"
                        options.sslMode = mode
                        options.parameters = ["sslrootcert": "\(folder)/authority.crt"]
                    }
                    return try await tested.connected(change) { connection in
                        let sql = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
                        return try await connection.query(sql).only
                    }
                }
                for mode in [ConnectionOptions.SSLMode.prefer, .require, .verifyAuthority] {
                    let row = try await connect(mode)
                    #expect(try row["ssl", as: Bool.self])
                    #expect(try row["version", as: String.self].hasPrefix("TLSv1."))
                }
                let refusal = await #expect(throws: PostgresError.self) { try await connect(.disable) }
                #expect(refusal?.sqlState == .invalidAuthorization)
                #expect(refusal?.explained.why?.contains("no encryption") == true)
                // The socket is for this machine's own user alone, and needs none.
                #expect(try await tested.text("SELECT 'here'") == "here")
            }
            #expect(try Files.status("\(folder)/server.key")?.mode == 0o600)
        }
    }

    /// A certificate for 127.0.0.1 that is its own authority.
    private func certificate(_ folder: String, on loop: EventLoop) async throws -> PrivateServer.Certificate {
        let openssl = Program(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=127.0.0.1", "-keyout", "\(folder)/authority.key", "-out", "\(folder)/authority.crt",
            ], environment: ["HOME": folder])
        try await Child.runSuccessfully(openssl, within: .seconds(60), on: loop)
        return PrivateServer.Certificate(
            certificate: try Files.read("\(folder)/authority.crt"), key: try Files.read("\(folder)/authority.key"))
    }
}
