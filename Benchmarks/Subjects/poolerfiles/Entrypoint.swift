import Basics
import Glibc
import Loop
import Pooling
import Postgres
import TLS
import Trust

/// What the platform makes for a pooler, as a program of Parlor's own package, because its rooms are nobody else's:
/// certificates for the server and for the pooler, then the pooler's files, and its role and function in the server.
@main
enum Entrypoint {
    static func main() throws {
        let words = CommandLine.arguments.dropFirst().map { String($0) }
        switch words.first {
        case "certificates" where words.count == 2: print(try certificates(words[1]).folder)
        case "pooler" where words.count == 8:
            let numbers = words[3...6].map { Int($0) ?? 0 }
            let place = Place(
                folder: words[1], socketFolder: words[2], serverPort: numbers[0], port: numbers[1], cores: numbers[2],
                serverConnections: numbers[3], administrator: words[7])
            let loop = try EventLoop()
            print(try loop.run { try await pooler(place, on: loop) })
        default: exit(2)
        }
    }

    private struct Place {
        var folder: String
        var socketFolder: String
        var serverPort: Int
        var port: Int
        var cores: Int
        var serverConnections: Int
        var administrator: String
    }

    /// The generation of certificates in a folder; made when there is none.
    private static func certificates(_ folder: String) throws -> StoredGeneration {
        let store = CertificateStore(folder: "\(folder)/certificates")
        try store.ensure(["server", "pooler"].map { CertifiedPart($0, addresses: ["127.0.0.1"]) })
        guard let generation = try store.current() else {
            throw ParlorError(.unexpected, "the certificates were made and are not there")
        }
        return generation
    }

    /// Writes the pooler's files and makes what it asks in the server; says where its settings stand.
    private static func pooler(_ place: Place, on loop: EventLoop) async throws -> String {
        let generation = try certificates(place.folder)
        let files = generation.files(of: "pooler")
        let configuration = PoolerConfiguration(
            .transaction, folder: "\(place.folder)/pooler", port: place.port, databases: [try PoolerDatabase("bench")],
            topology: PoolerTopology(leader: PoolerNode(host: "127.0.0.1", port: place.serverPort)),
            plan: try PoolerPlan(.init(cores: place.cores, serverConnections: place.serverConnections)),
            encryption: .init(
                certificate: files.chainFile, key: files.keyFile, authority: generation.authoritiesFile),
            administrator: place.administrator)
        let password = Secret.generate()
        try configuration.write(password: password)
        let server = ConnectionOptions(
            host: place.socketFolder, port: place.serverPort, database: "bench", user: "bench")
        let session = try await PostgresSession.connect(server, on: loop)
        defer { session.close() }
        let verifier = try session.passwordVerifier(password, user: PoolerAuthentication.role)
        try await session.execute(PoolerAuthentication.roleScript(verifier: verifier))
        try await session.execute(PoolerAuthentication.functionScript)
        return configuration.settingsPath
    }
}
