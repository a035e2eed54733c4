import Zones

extension FieldType where Value == String {
    /// The time zone of a place, which this machine knows. `CET`, `EST5EDT` and the like are none: PostgreSQL takes some of
    /// them for abbreviations that have no summer.
    static var zone: FieldType {
        text(
            3...64, pattern: "^(UTC|[A-Za-z_]+/[A-Za-z0-9_+/-]+)$",
            "the time zone of a place, like Europe/Berlin, or UTC"
        ) { name in
            name == "UTC" || PlaceZones.has(name)
        }
    }
}

/// The time zones of places.
private enum PlaceZones {
    /// Each zone's file is small and read once, the first time that somebody names it.
    private static let database = ZoneDatabase()

    /// The first words of zones that are places. `Etc`, `SystemV`, and Debian's `posix` and `right` are none.
    private static let areas: Set<String> = [
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada", "Chile",
        "Europe", "Indian", "Mexico", "Pacific", "US",
    ]

    static func has(_ name: String) -> Bool {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 && areas.contains(String(parts[0])) && (try? database.zone(name)) != nil
    }
}
