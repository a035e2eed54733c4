import Basics

/// What a running server has otherwise than is wanted, and what it takes to make it so.
package struct SettingsDifference: Equatable, Sendable {
    /// One setting that differs.
    package struct Item: Equatable, Sendable {
        /// The name.
        package var name: String
        /// The value that holds, as PostgreSQL gives it; nil for a setting that the server does not know yet.
        package var running: String?
        /// The unit of the value that holds, like `8kB`; nil without one.
        package var unit: String? = nil
        /// The value that is wanted.
        package var wanted: String
        /// What it takes.
        package var change: ServerSetting.Change
        /// The value that holds, for people.
        package var runningText: String {
            guard let running else { return "not known yet" }
            guard let unit else { return running }
            if let one = ByteCount(unit), let count = Int(running), count >= 0 {
                return ByteCount(one.bytes * count).description
            }
            return unit.first?.isNumber == true ? "\(running) times \(unit)" : "\(running) \(unit)"
        }

        /// Whether the server has read the new value already and waits for its restart.
        package var isPending: Bool
    }

    /// Everything that differs, in the order of the wanted settings.
    package let items: [Item]
    /// Wanted settings that no server can take: `internal` ones, fixed when the data or the programs were made.
    package let fixed: [String]

    /// Compares. What is not wanted in particular is left as it is.
    package init(from running: [RunningSetting], to wanted: [ServerSetting]) {
        let rows = Dictionary(running.map { ($0.name.lowercased(), $0) }) { first, _ in first }
        var (items, fixed): ([Item], [String]) = ([], [])
        for setting in wanted {
            let row = rows[setting.name.lowercased()]
            guard row?.means(setting.value) != true else { continue }
            if row?.context == "internal" {
                fixed.append(setting.name)
                continue
            }
            let change = row.map { $0.context == "postmaster" ? .restart : .reload } ?? setting.change
            items.append(
                Item(
                    name: setting.name, running: row?.value, unit: row?.unit, wanted: setting.value, change: change,
                    isPending: row?.isRestartPending ?? false))
        }
        (self.items, self.fixed) = (items, fixed)
    }

    /// Whether nothing is to be done.
    package var isEmpty: Bool { items.isEmpty }

    /// What holds after the server has read its files again.
    package var reloads: [Item] { items.filter { $0.change == .reload } }

    /// What holds after a restart.
    package var restarts: [Item] { items.filter { $0.change == .restart } }

    /// Names of which replicas must have as much as their primary, by the way that they go.
    private func held(isRising: Bool) -> [String] {
        restarts.filter { item in
            guard ServerSetting.namesHeldByReplicas.contains(item.name.lowercased()),
                let running = item.running.flatMap({ Int($0) }), let wanted = Int(item.wanted)
            else { return false }
            return isRising ? wanted > running : wanted < running
        }.map(\.name)
    }

    /// What is raised of the names of which a replica must have at least as much as its primary.
    package var raised: [String] { held(isRising: true) }

    /// What is lowered of them.
    package var lowered: [String] { held(isRising: false) }
}
