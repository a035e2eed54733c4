import Basics

extension MigrationStatus {
    /// Refuses a history that the files do not tell any more: nobody could say what the next migration begins from.
    func checkHistory() throws(ParlorError) {
        let failed = names(.failed)
        guard failed.isEmpty else {
            throw .failedMigrations(entries.filter { $0.state == .failed }.compactMap(\.record))
        }
        let edited = entries.filter(\.isEdited).map(\.name)
        guard edited.isEmpty else {
            throw ParlorError(
                .migration, "\(edited.joined(separator: ", ")) was edited after it had been applied",
                why: "the files no longer say what was run on this database",
                hint: "Bring the file back as it was, and put the change into a new migration; or begin again with "
                    + "\"parlor migrate reset\".")
        }
        let missing = entries.filter(\.isMissing).map(\.name)
        guard missing.isEmpty else {
            throw ParlorError(
                .migration, "\(missing.joined(separator: ", ")) was applied and its folder is gone",
                why: "the files no longer say what was run on this database",
                hint: "Bring the folder back, or begin again with \"parlor migrate reset\".")
        }
    }
}
