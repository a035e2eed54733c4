import Basics
package import Loop
import Processes

/// The programs of one PostgreSQL version on this machine.
package struct PostgresInstallation: Equatable, Sendable {
    /// The folder of `postgres`, `initdb` and the others.
    package let folder: String
    /// The major version.
    package let version: Int

    /// The versions that Parlor works with, the one it prefers first.
    package static let supported = [15, 17, 16, 14]

    /// Where Debian puts the programs of a version.
    package static func debianFolder(_ version: Int) -> String { "/usr/lib/postgresql/\(version)/bin" }

    /// The path of one of the programs.
    package func program(_ name: String) -> String { "\(folder)/\(name)" }

    /// The installation to use: the one in `folder` when that is said, else the one that `dataVersion` needs, else the
    /// preferred one of those that Debian has put in place.
    package static func find(
        in folder: String?, dataVersion: Int?, on loop: EventLoop
    ) async throws -> PostgresInstallation {
        let range = "Parlor works with \(supported.sorted().map(String.init).joined(separator: ", "))"
        if let dataVersion, !supported.contains(dataVersion) {
            throw ParlorError(
                .engineUnsupported, "the data was written by PostgreSQL \(dataVersion), which is not supported",
                why: range, hint: "Bring the data to a supported version with pg_upgrade or with a dump.")
        }
        let found = try await candidate(in: folder, dataVersion, on: loop)
        guard supported.contains(found.version) else {
            throw ParlorError(
                .engineUnsupported, "PostgreSQL \(found.version) in \(found.folder) is not supported", why: range,
                hint: "Install postgresql-15, or name the folder of a supported version in database.binaries.")
        }
        guard let dataVersion, dataVersion != found.version else { return found }
        throw ParlorError(
            .engineUnsupported, "the data was written by PostgreSQL \(dataVersion)",
            why: "the programs in \(found.folder) are of version \(found.version)",
            hint: "Name the folder of PostgreSQL \(dataVersion) in database.binaries, or leave that key out.")
    }

    private static func candidate(
        in folder: String?, _ dataVersion: Int?, on loop: EventLoop
    ) async throws -> PostgresInstallation {
        if let folder { return PostgresInstallation(folder: folder, version: try await version(in: folder, on: loop)) }
        let wanted = dataVersion.map { [$0] } ?? supported
        for version in wanted where Files.exists("\(debianFolder(version))/postgres") {
            return PostgresInstallation(folder: debianFolder(version), version: version)
        }
        let missing = wanted[0]
        throw ParlorError(
            .engineMissing, "PostgreSQL \(missing) is not installed",
            why: dataVersion == nil ? nil : "the data in the state folder was written by that version",
            hint: "Run \"apt-get install postgresql-\(missing)\" as root.")
    }

    private static func version(in folder: String, on loop: EventLoop) async throws -> Int {
        let program = "\(folder)/postgres"
        guard Files.exists(program) else {
            throw ParlorError(
                .engineMissing, "there is no postgres in \(folder)",
                hint: "Correct database.binaries, or leave it out to use the installed PostgreSQL.")
        }
        let text = try await Child.runSuccessfully(Program(program, ["--version"]), within: .seconds(10), on: loop)
        guard let version = majorVersion(text) else {
            throw ParlorError(
                .engineUnsupported, "\(program) does not say which version of PostgreSQL it is",
                hint: "Correct database.binaries, or leave it out to use the installed PostgreSQL.")
        }
        return version
    }

    /// The number in `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`; also of `16beta1` and `17devel`.
    package static func majorVersion(_ text: String) -> Int? {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard let marker = words.firstIndex(of: "(PostgreSQL)"), words.index(after: marker) < words.endIndex else {
            return nil
        }
        return Int(words[words.index(after: marker)].prefix { $0.isASCII && $0.isNumber })
    }
}
