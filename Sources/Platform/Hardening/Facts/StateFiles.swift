import Basics

/// Everything in a state folder, without what lies in the folders of data, which nobody else can enter.
struct StateFiles: Sequence {
    private let entries: [(path: String, status: Files.Status)]

    init(in folder: String) throws(ParlorError) {
        var (entries, left) = ([(path: String, status: Files.Status)](), [folder])
        while let path = left.popLast() {
            // What is renewed while one looks may be gone.
            guard let status = try Files.status(path, followLinks: false) else { continue }
            entries.append((path, status))
            guard status.kind == .folder, Self.isOpen(path) else { continue }
            left += try Files.list(path).map { "\(path)/\($0)" }
        }
        self.entries = entries
    }

    private static func isOpen(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name != "data" && !name.hasPrefix("data.aside-")
    }

    func makeIterator() -> Array<(path: String, status: Files.Status)>.Iterator { entries.makeIterator() }

    /// Certificates may be read by others, nothing else may. A link has no mode of its own.
    static func observation(
        _ name: String, _ kind: Files.Status.Kind, mode: UInt32, owner: UInt32, expected: UInt32
    ) -> Observation {
        if owner != expected { return .violation("\(name) belongs to user \(owner)") }
        let excess = mode & 0o7777 & ~allowed(name)
        guard excess != 0, kind != .link else { return .sound(name) }
        return .violation("\(name) has the mode \(String(mode & 0o7777, radix: 8))")
    }

    /// The bits that a file of that name may have.
    static func allowed(_ name: String) -> UInt32 { name.hasSuffix(".crt") ? 0o755 : 0o700 }
}
