import Foundation
import Testing

/// The tree that these tests stand in.
enum Repository {
    static let root: String = {
        var root = URL(filePath: #filePath)
        while root.path != "/", !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path) {
            root.deleteLastPathComponent()
        }
        return root.path
    }()

    /// Every text file that belongs to the repository.
    static let files: [SourceFile] = (tracked() ?? walked()).sorted().compactMap { path in
        guard let bytes = FileManager.default.contents(atPath: "\(root)/\(path)"), !bytes.contains(0) else {
            return nil
        }
        return SourceFile(path, String(decoding: bytes, as: UTF8.self))
    }

    static let swiftSources = files.filter { $0.isSwift && $0.isBelow("Sources") }
    static let swiftTests = files.filter { $0.isSwift && $0.isBelow("Tests") }
    /// What the benchmarks load of this package.
    static let swiftSubjects = files.filter { $0.isSwift && $0.path.hasPrefix("Benchmarks/Subjects/") }
    static let manifest = Manifest(files.first { $0.path == "Package.swift" }?.tokens ?? [])

    /// What git knows and what it would add; nil without git or outside a clone.
    private static func tracked() -> [String]? {
        guard FileManager.default.fileExists(atPath: "\(root)/.git") else { return nil }
        let arguments = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        guard let listing = output("/usr/bin/env", arguments), !listing.isEmpty else { return nil }
        return Set(listing.split(separator: "\0").map(String.init)).filter {
            FileManager.default.fileExists(atPath: "\(root)/\($0)")
        }
    }

    private static func walked() -> [String] {
        let entries = FileManager.default.enumerator(atPath: root)
        var paths: [String] = []
        while let path = entries?.nextObject() as? String {
            if [".build", ".parlor", ".git"].contains(path) { entries?.skipDescendants() } else { paths.append(path) }
        }
        return paths
    }

    /// What a program prints to standard output; nil when it cannot be run or fails.
    static func output(_ program: String, _ arguments: [String]) -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil, let bytes = try? pipe.fileHandleForReading.readToEnd() else { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

/// Fails the running test once for each fault.
func expectNone(_ faults: [Fault], sourceLocation: SourceLocation = #_sourceLocation) {
    for fault in faults { Issue.record("\(fault)", sourceLocation: sourceLocation) }
}
