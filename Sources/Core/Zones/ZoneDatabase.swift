public import Basics
import Synchronization

/// The time zones of this machine, as the package tzdata keeps them. Each file is read once.
public final class ZoneDatabase: Sendable {
    /// Where Debian keeps the files.
    public static let folder = "/usr/share/zoneinfo"

    private let folder: String
    private let known = Mutex<[String: TimeZone]>([:])

    /// The zones whose files lie in a folder.
    public init(folder: String = ZoneDatabase.folder) { self.folder = folder }

    /// A zone that was asked for before; asks no disk.
    public func known(_ name: String) -> TimeZone? { known.withLock { $0[name] } }

    /// The zone of a name. The first time it reads a small file, which blocks.
    public func zone(_ name: String) throws(ParlorError) -> TimeZone {
        if let zone = known(name) { return zone }
        let zone = try read(name)
        known.withLock { $0[name] = zone }
        return zone
    }

    /// Whether a text can be a zone's name: letters, digits, `+`, `-` and `_`, in parts with a slash between them. So it
    /// leads to nothing outside of the folder.
    public static func isName(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return text.utf8.count <= 100
            && parts.allSatisfy { part in !part.isEmpty && part.allSatisfy(isNameByte) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "+-_".utf8.contains(byte)
        }
    }

    private func read(_ name: String) throws(ParlorError) -> TimeZone {
        guard Self.isName(name) else {
            throw ParlorError(.malformed, "this cannot be the name of a time zone", hint: Self.hint)
        }
        let path = "\(folder)/\(name)"
        guard let status = try Files.status(path), status.kind == .file else {
            throw Files.exists(folder)
                ? ParlorError(.malformed, "no time zone is called \(name)", hint: Self.hint)
                : ParlorError(.engineMissing, "\(folder) is not there", hint: "Install the package tzdata.")
        }
        let bytes = try Files.read(path, limit: .megabytes(1))
        do throws(ZoneFileFault) {
            return try TimeZone(name: name, file: bytes)
        } catch {
            throw ParlorError(
                .file, "the time zone file \(path) cannot be used", why: error.rawValue,
                hint: "Install the package tzdata again.")
        }
    }

    private static let hint = "Use a name of the IANA database, like Europe/Berlin."
}
