import Backups
import Basics
import Glibc
import Loop
import Processes

/// What the platform tells pgBackRest, as a program of Parlor's own package, because its rooms are nobody else's: a
/// repository in a folder, its backups, and what is restored from them.
@main
enum Entrypoint {
    static func main() throws {
        let words = CommandLine.arguments.dropFirst().map { String($0) }
        guard words.count >= 5, let port = Int(words[3]), let account = UserAccount(named: words[4]) else { exit(2) }
        // Root's copies would be nobody's server's.
        if UserAccount.current.isRoot { try account.become() }
        let engine = try engine(folder: words[1], socketFolder: words[2], port: port)
        let loop = try EventLoop()
        switch (words[0], words.dropFirst(5).first) {
        case ("prepare", nil):
            try engine.prepare()
            print(PgBackRest.archiveCommand(file(words[1])))
        case ("ready", nil): try loop.run { try await engine.makeReady(on: loop) }
        case ("backup", let kind?):
            guard let kind = BackupRecord.Kind(rawValue: kind) else { exit(2) }
            let repository = engine.configuration.repositories[0]
            try loop.run { _ = try await engine.backUp(kind, to: repository, on: loop) { _ in } }
        case ("restore", let target?):
            try loop.run { try await engine.restore([], into: target, on: loop) { _ in } }
        case ("delta", let target?):
            try loop.run { try await engine.restore(["--delta"], into: target, on: loop) { _ in } }
        default: exit(2)
        }
    }

    private static func file(_ folder: String) -> String { "\(folder)/backups.conf" }

    private static func engine(folder: String, socketFolder: String, port: Int) throws -> BackupEngine {
        let keyFile = "\(folder)/key"
        if !Files.exists(keyFile) { try Files.writeAtomically(Secret.generate().reveal(), to: keyFile) }
        let repository = BackupRepository(.folder("\(folder)/repository"), key: Secret(try Files.readText(keyFile)))
        let server = PgBackRestConfiguration.Server(
            "postgres", data: "\(socketFolder)/data", socket: socketFolder, port: port)
        let processes = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return try BackupEngine(
            PgBackRestConfiguration([repository], servers: [server], folder: folder, processes: processes),
            file: file(folder))
    }
}
