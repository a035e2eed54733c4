import Basics
import Glibc
import Loop
import Processes
import Testing

/// Key pairs of GnuPG in a folder of their own, made once for all tests of a process.
///
/// GnuPG's agent is started for the making and for decrypting, because it alone holds private keys; it is told to end
/// when the work is done.
struct TestKeys: Sendable {
    /// Where GnuPG keeps what it needs; `ada.asc` and others stand there too.
    let home: String

    private static let folder = "/tmp/parlor-test-keys-\(getpid())"
    private static let made = Task {
        atexit { try? Files.remove(TestKeys.folder) }
        return try await EventLoop.onThread { loop in try await TestKeys(in: TestKeys.folder, on: loop) }
    }

    /// Those of this process, made by the first test that wants them.
    static func shared() async throws -> TestKeys { try await made.value }

    /// Makes the keys in a folder: of Ada, of Ben, one that has expired, one that only signs, and Ada's private one.
    private init(in folder: String, on loop: EventLoop) async throws {
        home = "\(folder)/keys"
        try Files.makeFolder(home)
        let kinds = [
            ("ada", "future-default", "default", "never"), ("ben", "future-default", "default", "never"),
            ("old", "future-default", "default", "20200101T000000"), ("signs", "ed25519", "sign", "never"),
        ]
        for (name, algorithm, usage, expiry) in kinds {
            let time = name == "old" ? ["--faked-system-time", "20190101T000000"] : []
            try await run(
                time + ["--passphrase", "", "--quick-gen-key", "\(name)@example.org", algorithm, usage, expiry],
                on: loop)
            try await run(["--armor", "--output", path(name), "--export", "\(name)@example.org"], on: loop)
        }
        try await run(["--armor", "--output", path("private"), "--export-secret-keys", "ada@example.org"], on: loop)
        try Files.writeAtomically(Files.readText(path("ada")) + Files.readText(path("ben")), to: path("two"))
        try Files.writeAtomically("no key\n", to: path("junk"))
        try await endAgent(on: loop)
    }

    /// The file of a key.
    func path(_ name: String) -> String { "\(home)/\(name).asc" }

    /// Calls GnuPG.
    @discardableResult
    func run(_ arguments: [String], on loop: EventLoop) async throws -> String {
        let program = Program(
            "/usr/bin/gpg", ["--batch", "--quiet", "--yes", "--homedir", home] + arguments,
            environment: ["LC_ALL": "C", "HOME": home, "PATH": "/usr/bin:/bin"])
        return try await Child.runSuccessfully(program, within: .seconds(60), on: loop)
    }

    /// Decrypts a dump with Ada's key and unpacks it.
    func unpack(_ dump: String, to file: String, on loop: EventLoop) async throws {
        try await run(["--output", "\(file).zst", "--decrypt", dump], on: loop)
        try await endAgent(on: loop)
        let unpack = Program("/usr/bin/zstd", ["-q", "-d", "-f", "\(file).zst", "-o", file])
        try await Child.runSuccessfully(unpack, within: .seconds(60), on: loop)
    }

    private func endAgent(on loop: EventLoop) async throws {
        let end = Program(
            "/usr/bin/gpgconf", ["--homedir", home, "--kill", "gpg-agent"],
            environment: ["HOME": home, "PATH": "/usr/bin:/bin"])
        try await Child.runSuccessfully(end, within: .seconds(60), on: loop)
    }
}

/// The command lines of all processes that name a folder.
func processes(naming folder: String) throws -> [String] {
    try Files.list("/proc").filter { $0.allSatisfy(\.isNumber) }.compactMap { number in
        guard let bytes = try? Files.read("/proc/\(number)/cmdline") else { return nil }
        let text = String(decoding: bytes.map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
        return text.contains(folder) ? text : nil
    }
}
