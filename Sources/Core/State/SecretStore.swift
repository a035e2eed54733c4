public import Basics

/// Secrets in files that only their owner can read, made when they are first asked for.
public struct SecretStore: Equatable, Sendable {
    /// The folder of the files.
    public let folder: String

    /// Secrets in `folder`.
    public init(folder: String) { self.folder = folder }

    /// The secret of that name, generated and kept when there is none yet.
    public func secret(_ name: String) throws(ParlorError) -> Secret {
        if let secret = try existing(name) { return secret }
        let secret = Secret.generate()
        try keep(secret, as: name)
        return secret
    }

    /// The secret of that name; nil when there is none yet.
    public func existing(_ name: String) throws(ParlorError) -> Secret? {
        guard let status = try Files.status(path(of: name)) else { return nil }
        guard status.mode & 0o077 == 0 else {
            throw ParlorError(
                .stateFolder, "the secret \(path(of: name)) can be read by others",
                hint: "Run \"chmod 600 \(path(of: name))\", and replace the secret if somebody may have read it.")
        }
        let text = try Files.readText(path(of: name))
        guard let line = text.split(separator: "\n").first else {
            throw ParlorError(
                .stateFolder, "the secret \(path(of: name)) is empty",
                hint: "Restore it from a backup; what it protects cannot be used without it.")
        }
        return Secret(String(line))
    }

    /// Every secret that there is, by its name.
    public func all() throws(ParlorError) -> [(name: String, value: Secret)] {
        var found: [(name: String, value: Secret)] = []
        for name in try Files.exists(folder) ? Files.list(folder).sorted() : [] {
            if let secret = try existing(name) { found.append((name, secret)) }
        }
        return found
    }

    /// Keeps a secret under a name, in the place of an older one.
    public func keep(_ secret: Secret, as name: String) throws(ParlorError) {
        try Files.makeFolder(folder)
        try Files.writeAtomically("\(secret.reveal())\n", to: path(of: name))
    }

    /// The file of a secret, for programs that read a password from a file.
    public func path(of name: String) -> String { "\(folder)/\(name)" }
}
