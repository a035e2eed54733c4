/// A file that an installation consists of.
package struct InstalledFile: Equatable, Sendable {
    /// What is in it.
    package enum Content: Equatable, Sendable {
        /// This text.
        case text(String)
        /// The bytes of another file.
        case copy(of: String)
        /// It is a link.
        case link(to: String)
    }

    /// Whom it is given to.
    package struct Owner: Equatable, Sendable {
        /// The user's number.
        package var user: UInt32
        /// The group's number.
        package var group: UInt32

        /// An owner.
        package init(user: UInt32, group: UInt32) {
            self.user = user
            self.group = group
        }
    }

    /// Where it stands.
    package var path: String
    /// What is in it.
    package var content: Content
    /// Its permissions; a link has none.
    package var mode: UInt32
    /// Whom it is given to when it is written; nil for whoever installs.
    package var owner: Owner?
    /// Whether it is the operator's once it is there.
    package var isKept: Bool

    /// A file that each installation brings up to date, unless it is kept.
    package init(_ path: String, _ content: Content, mode: UInt32 = 0o644, owner: Owner? = nil, isKept: Bool = false) {
        self.path = path
        self.content = content
        self.mode = mode
        self.owner = owner
        self.isKept = isKept
    }
}
