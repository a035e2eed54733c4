/// The table of the reference page, out of the table of keys.
public enum ConfigurationPage {
    /// Markdown with a row for each key.
    public static var table: String {
        let head = ["| key | default | takes | what it is | also read from |", "|---|---|---|---|---|"]
        return (head + ConfigurationKey.all.map(row)).joined(separator: "\n")
    }

    private static func row(_ key: ConfigurationKey) -> String {
        let standard = key.text(Configuration()).map { "`\($0)`" } ?? key.absence ?? ""
        let aliases = key.aliases.map { "`\($0.name)`" + ($0.unit.map { " (in \($0))" } ?? "") }
        let isPart = DatabaseURL.partKeys.contains { $0.key == key.name }
        let parameter = DatabaseURL.parameterKeys.first { $0.value == key.name }?.key
        let url = (isPart ? ["`DATABASE_URL`"] : []) + (parameter.map { ["`DATABASE_URL` (`\($0)`)"] } ?? [])
        let elsewhere = (aliases + url).joined(separator: ", ")
        let cells = ["`\(key.name)`", standard, key.expectation, key.documentation, elsewhere]
        return "| " + cells.joined(separator: " | ") + " |"
    }
}
