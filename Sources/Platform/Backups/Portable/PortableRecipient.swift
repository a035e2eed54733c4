import Basics
import Loop
import Processes

/// Somebody who can read the dumps: the public key in a file, which was looked at before it is used.
///
/// GnuPG itself encrypts to a key in a file without a word when the key has expired, and to the first one only when there
/// are several.
struct PortableRecipient: Equatable, Sendable {
    /// The file.
    var file: String
    /// The key's fingerprint.
    var fingerprint: String

    /// The keys at `path`, a file or a folder of them. `gnuPG` lists a file's keys.
    static func all(at path: String, _ gnuPG: GnuPG, on loop: EventLoop) async throws -> [PortableRecipient] {
        var recipients: [PortableRecipient] = []
        for file in try files(at: path) {
            try check(file)
            let listing = try await gnuPG.listing(of: file, on: loop)
            recipients.append(try PortableRecipient(file: file, listing: listing))
        }
        return recipients
    }

    private static func files(at path: String) throws(ParlorError) -> [String] {
        guard let status = try Files.status(path) else {
            throw ParlorError(
                .configuration, "there is no public key at \(path)",
                hint: "Write one there with gpg --export --armor --output \(path) ADDRESS, "
                    + "or set backups.portable.recipients to where it is.")
        }
        guard status.kind == .folder else { return [path] }
        var files: [String] = []
        for name in try Files.list(path) where !name.hasPrefix(".") {
            if try Files.status("\(path)/\(name)")?.kind == .file { files.append("\(path)/\(name)") }
        }
        guard !files.isEmpty else {
            throw ParlorError(
                .configuration, "there is no public key in \(path)",
                hint: "Write the key of each recipient to a file of its own there, with gpg --export --armor.")
        }
        return files
    }

    /// GnuPG says of a file that it may not read that it is none.
    private static func check(_ file: String) throws(ParlorError) {
        do throws(ParlorError) {
            _ = try Files.read(file, limit: .megabytes(1))
        } catch {
            throw ParlorError(
                .configuration, "the public key in \(file) cannot be read", why: error.why ?? error.what,
                hint: "Let the user \(UserAccount.current.name) read it.")
        }
    }

    /// Reads GnuPG's listing with colons of what is in a file.
    init(file: String, listing: String) throws(ParlorError) {
        let lines = listing.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
        if lines.contains(where: { $0[0] == "sec" || $0[0] == "ssb" }) {
            throw ParlorError(
                .configuration, "\(file) holds a private key",
                hint: "Put the public key there, which gpg --export --armor writes, "
                    + "and keep the private one where the dumps are not.")
        }
        let keys = lines.filter { $0[0] == "pub" && $0.count > 11 }
        guard let key = keys.first, let print = lines.first(where: { $0[0] == "fpr" && $0.count > 9 }) else {
            throw ParlorError(
                .configuration, "\(file) holds no public key of GnuPG",
                hint: "Write it there with gpg --export --armor --output \(file) ADDRESS.")
        }
        guard keys.count == 1 else {
            throw ParlorError(
                .configuration, "\(file) holds \(keys.count) public keys",
                why: "GnuPG would encrypt to the first one only",
                hint: "Write each to a file of its own, in a folder, and set backups.portable.recipients to that.")
        }
        if let fault = Self.fault(validity: key[1], expires: key[6], capabilities: key[11]) {
            throw ParlorError(
                .configuration, "the public key in \(file) cannot be used", why: fault,
                hint: "Ask its owner for one that can, and write that there.")
        }
        self.file = file
        fingerprint = String(print[9])
    }

    /// What is wrong with a key, by the fields of the listing; capital letters are what the key as a whole can do.
    private static func fault(
        validity: Substring, expires: Substring, capabilities: Substring
    ) -> String? {
        switch validity {
        case "e":
            let since = Int64(expires).map { " on \(Timestamp(seconds: $0).rfc3339Seconds.prefix(10))" } ?? ""
            return "it has expired\(since)"
        case "r": return "it was revoked"
        case "i", "n": return "it is not valid"
        default: break
        }
        if capabilities.contains("D") { return "it is disabled" }
        return capabilities.contains("E") ? nil : "nothing can be encrypted to it"
    }
}
