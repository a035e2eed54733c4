package import Basics
package import Loop
package import Processes
import Redis
import TLS

/// A private Redis: one that forgets when memory runs out, or one that forgets nothing.
package struct RedisServer: Sendable {
    /// What it is for.
    package enum Purpose: String, Sendable, CaseIterable {
        /// Answers that can be made again; what was used least goes when memory runs out.
        case cache
        /// Work that is to be done; when memory runs out, more is refused.
        case queue
    }

    /// What it is for.
    package var purpose: Purpose
    /// The address that it listens on.
    package var host: String
    /// The port, encrypted.
    package var port: Int
    /// The most memory that it uses.
    package var memory: ByteCount
    /// Its folder.
    package var folder: String
    /// The password that every client needs.
    package var password: Secret
    /// The files of its identity: authority, certificate and key.
    package var authority: String
    /// Its certificate.
    package var certificate: String
    /// The certificate's key.
    package var key: String

    /// Where Debian keeps the server when nothing but its tools is installed: it acts by the name it is called by.
    private static let executable = "/usr/bin/redis-check-rdb"

    /// A server.
    package init(
        _ purpose: Purpose, host: String, port: Int, memory: ByteCount, folder: String, password: Secret,
        authority: String, certificate: String, key: String
    ) {
        self.purpose = purpose
        self.host = host
        self.port = port
        self.memory = memory
        self.folder = folder
        self.password = password
        self.authority = authority
        self.certificate = certificate
        self.key = key
    }

    /// The name of the part.
    package var name: String { "redis-\(purpose.rawValue)" }

    private var file: String { "\(folder)/redis.conf" }

    /// redis.conf. It holds the password, so only its owner may read it.
    package var settings: String {
        """
        # Written by Parlor at every start.
        bind \(host)
        port 0
        tls-port \(port)
        tls-cert-file \(quoted(certificate))
        tls-key-file \(quoted(key))
        tls-ca-cert-file \(quoted(authority))
        tls-protocols "TLSv1.2 TLSv1.3"
        tls-auth-clients no
        requirepass \(quoted(password.reveal()))
        dir \(quoted(folder))
        daemonize no
        supervised no
        maxmemory \(memory.bytes)
        maxmemory-policy \(purpose == .cache ? "allkeys-lfu" : "noeviction")
        appendonly \(purpose == .cache ? "no" : "yes")
        appendfsync everysec
        save ""
        # What an application never needs, and an intruder would like.
        rename-command DEBUG ""
        rename-command CONFIG ""
        rename-command MODULE ""

        """
    }

    private func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// Makes the folder and writes the file.
    package func prepare() throws(ParlorError) {
        try Files.makeFolder(folder)
        try Files.writeAtomically(settings, to: file)
    }

    /// The server.
    package var program: Program {
        Program(
            Self.executable, name: "redis-server", [file], environment: ["LC_ALL": "C.UTF-8", "TZ": "UTC"],
            folder: folder, parentDeathSignal: 15)
    }

    /// The server as a part of the system.
    package var declaration: PartDeclaration {
        PartDeclaration(name, kind: "cache", port: port, stopSteps: [.init(15, within: .seconds(15))])
    }

    /// What one of them may use on a machine that has servers of PostgreSQL to feed first.
    package static func share(of memory: ByteCount) -> ByteCount {
        min(max(ByteCount(memory.bytes / 32), .megabytes(32)), .gigabytes(1))
    }

    /// Returns when it answers, throws the reason when it does not.
    package func probe(on loop: EventLoop, within limit: Duration = .seconds(2)) async throws {
        let tls = try TLSClient(TLSClientOptions(authorities: .file(authority)))
        let host = self.host
        let transport = RedisTransport.encrypted { address, limit, loop in
            let socket = try await Socket.connect(to: address, within: limit, on: loop)
            return try await tls.connect(over: socket, host: host, within: limit)
        }
        let connection = try await RedisConnection.connect(
            RedisOptions(
                .tcp(host: host, port: port), password: password, connectTimeout: limit, commandTimeout: limit,
                transport: transport), on: loop)
        defer { connection.closeNow() }
        _ = try await connection.send(RedisCommand("PING"))
    }
}
