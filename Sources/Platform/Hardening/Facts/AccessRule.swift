/// A line of pg_hba.conf as the server reads it.
struct AccessRule: Equatable, Sendable {
    /// The line's number.
    var line: Int
    /// `local`, `host`, `hostssl` and so on; nil for a line that cannot be read.
    var kind: String?
    /// How one proves who one is; nil as above.
    var method: String?
    /// What is wrong with the line; nil for one that holds.
    var error: String?

    /// Encryption or this machine's socket, and SCRAM or a refusal.
    func observation(on node: String) -> Observation {
        let place = "line \(line) of \(node)"
        if error != nil { return .violation("\(place) cannot be read") }
        guard let kind, let method else { return .violation("\(place) cannot be read") }
        if method == "reject" { return .sound(place) }
        guard kind == "local" || kind == "hostssl" else {
            return .violation("\(place) admits connections without encryption")
        }
        return method == "scram-sha-256" ? .sound(place) : .violation("\(place) admits by \(method)")
    }
}
