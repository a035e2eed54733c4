import Basics
import Loop
import Processes

/// GnuPG as it is needed to encrypt to keys in files: with a folder of its own, without its configuration, keyring or
/// agent.
struct GnuPG: Sendable {
    /// The program.
    var executable: String
    /// A folder of its own that nobody else can read, for what it writes whether one wants it or not.
    var home: String

    private func program(_ arguments: [String]) -> Program {
        Program(
            executable, ["--batch", "--no-options", "--no-autostart", "--homedir", home] + arguments,
            environment: ["LC_ALL": "C", "TZ": "UTC", "HOME": home, "GNUPGHOME": home])
    }

    /// What a file's keys are, with colons between the fields.
    func listing(of file: String, on loop: EventLoop) async throws -> String {
        let list = program(["--quiet", "--with-colons", "--import-options", "show-only", "--import", file])
        // It fails when there is no key in the file, which the listing says too.
        return try await Child.run(list, within: .seconds(30), on: loop).output
    }

    /// The program that encrypts its input to all of them.
    func encryption(to recipients: [PortableRecipient]) -> Program {
        program(
            // What comes in is compressed; the cipher must not be left to an old key's preferences.
            ["--quiet", "--trust-model", "always", "--compress-algo", "none", "--cipher-algo", "AES256"]
                + recipients.flatMap { ["--recipient-file", $0.file] } + ["--encrypt"])
    }
}
