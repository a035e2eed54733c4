package import Basics

/// One migration as it stands in its folder.
package struct Migration: Hashable, Sendable {
    /// The name of its folder, like `20260301093000_init`.
    package let name: String
    /// The text of `migration.sql`.
    package let text: String
    /// What the table knows the text by.
    package let checksum: MigrationChecksum
    /// The text of `down.sql`, which undoes it; nil without one.
    package let downText: String?

    /// A migration by its texts.
    package init(name: String, text: String, downText: String? = nil) {
        self.name = name
        self.text = text
        self.downText = downText
        checksum = MigrationChecksum(of: Array(text.utf8))
    }

    /// The statements of `migration.sql`; fails when something in it does not end.
    package func script() throws(ParlorError) -> SQLScript { try Self.cut(text, "\(name)/migration.sql") }

    /// The statements of `down.sql`; nil without one.
    package func downScript() throws(ParlorError) -> SQLScript? {
        guard let downText else { return nil }
        return try Self.cut(downText, "\(name)/down.sql")
    }

    private static func cut(_ text: String, _ file: String) throws(ParlorError) -> SQLScript {
        do throws(SQLScriptFault) { return try SQLScript(text) } catch {
            throw ParlorError(
                .migration, "\(file) cannot be read as SQL", why: error.description,
                hint: "Correct the file; nothing was changed.")
        }
    }
}
