import Basics
package import Loop

/// A dump that is there, for those who want to know whether it still is what it was.
package enum PortableDump {
    /// Compares a dump with what `metadata.json` beside it says, and gives that back. Whether it can be decrypted only
    /// the holder of a recipient's private key can find out.
    package static func verify(_ path: String, on loop: EventLoop) async throws -> PortableEntry {
        try await loop.blocking { try verify(path) }
    }

    private static func verify(_ path: String) throws(ParlorError) -> PortableEntry {
        guard let name = PortableName(file: Files.name(of: path)) else {
            throw ParlorError(
                .usage, "\(path) is not named like a dump",
                hint: "Give the path of a file that ends in .dump.zst.gpg, as it was written.")
        }
        let metadata = "\(Files.parent(of: path))/\(PortableName.metadata)"
        let day = try PortableDay(reading: try Files.read(metadata), at: metadata)
        guard let entry = day.entry(of: name) else {
            throw ParlorError(
                .malformed, "\(metadata) says nothing of \(name.file)",
                hint: "Take another dump, or decrypt this one to see what it is.")
        }
        let (size, sha256) = try FilePieces.digest(of: path)
        let hint = "Take another dump, or fetch this one from another place; this one is damaged."
        guard size == entry.size else {
            throw ParlorError(
                .malformed, "\(path) is damaged", why: "it has \(size) bytes and had \(entry.size)", hint: hint)
        }
        guard sha256 == entry.sha256 else {
            throw ParlorError(.malformed, "\(path) is damaged", why: "its SHA-256 is another one", hint: hint)
        }
        return entry
    }
}
