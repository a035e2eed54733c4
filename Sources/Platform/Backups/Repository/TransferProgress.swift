/// How far a backup or a restore has come, as pgBackRest tells with every file.
package struct TransferProgress: Equatable, Sendable {
    /// The bytes that are done.
    package var done = 0
    /// All of them, as far as that is known; nil before the first file.
    package var total: Int?

    /// Nothing yet.
    package init() {}

    /// Takes a line such as `P01 DETAIL: backup file /data/base/5/1255 (768KB, 1.79%) checksum 55…`, or with
    /// `bundle 1/0, ` before the size; false for any other line.
    package mutating func take(_ line: String) -> Bool {
        guard line.contains(" file "),
            let match = line.firstMatch(of: /[( ](\d+(?:\.\d+)?)(B|KB|MB|GB|TB), (\d+(?:\.\d+)?)%\)/),
            let amount = Double(match.1), let percent = Double(match.3)
        else { return false }
        let units = ["B": 1.0, "KB": 1024, "MB": 1_048_576, "GB": 1_073_741_824, "TB": 1_099_511_627_776]
        done += Int(amount * (units[String(match.2)] ?? 1))
        if percent > 0 { total = max(done, Int(Double(done) * 100 / percent)) }
        return true
    }
}
