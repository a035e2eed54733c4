/// Where an installed Parlor has its things. The root is empty for this machine, and a folder for an image of another.
package struct InstalledPlaces: Equatable, Sendable {
    /// What stands before every path.
    package let root: String

    /// The places below a root; a slash at its end does not matter.
    package init(below root: String = "") {
        self.root = String(root.reversed().drop { $0 == "/" }.reversed())
    }

    /// The installation that a program belongs to, by its path without links; nil for one that is not installed.
    package init?(ofProgram path: String) {
        let program = InstalledPlaces().program
        guard path.hasSuffix(program) else { return nil }
        self.init(below: String(path.dropLast(program.count)))
    }

    /// What this version of Parlor brings, replaced by the next one.
    package var folder: String { "\(root)/usr/local/lib/parlor" }
    /// The program.
    package var program: String { "\(folder)/parlor" }
    /// The schema's migrations, which each start brings the database to.
    package var migrations: String { "\(folder)/schema/migrations" }
    /// The link by which people and scripts call the program.
    package var command: String { "\(root)/usr/local/bin/parlor" }
    /// Where that link leads. It holds below every root.
    package static let linkToProgram = "../lib/parlor/parlor"
    /// The configuration, which is the operator's.
    package var configuration: String { "\(root)/etc/parlor/parlor.yaml" }
    /// The state folder. Its parent also holds those of checkouts that could not have theirs at home.
    package var state: String { "\(root)/var/lib/parlor/state" }
    /// The unit. It stands where systemd looks for what was installed locally, and leaves its folder in /etc to the
    /// operator's drop-ins, edits and masks.
    package var unit: String { "\(root)/usr/local/lib/systemd/system/\(ServiceUnit.name)" }
}
