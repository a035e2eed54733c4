public import Basics

extension PartStatus {
    /// The documented form, as `status --json` has it.
    public var json: JSON {
        [
            "name": .string(name), "kind": .string(kind), "state": .string(state.rawValue),
            "pid": .integer(pid.map(Int.init)), "port": .integer(port), "since": .string(since.rfc3339),
            "memory_bytes": .integer(memory?.bytes), "restarts": .integer(restarts),
            "last_restart_reason": .string(lastRestartReason),
        ]
    }

    /// Reads the documented form; nil when it is not that.
    public init?(json: JSON) {
        guard let name = json["name"]?.text, let kind = json["kind"]?.text,
            let state = json["state"]?.text.flatMap(State.init(rawValue:)),
            let since = json["since"]?.text.flatMap(Timestamp.init(rfc3339:)), let restarts = json["restarts"]?.int
        else { return nil }
        self.init(
            name: name, kind: kind, state: state, pid: json["pid"]?.int.flatMap(Int32.init(exactly:)),
            port: json["port"]?.int, since: since, memory: json["memory_bytes"]?.int.map { ByteCount($0) },
            restarts: restarts, lastRestartReason: json["last_restart_reason"]?.text, detail: json["detail"]?.text)
    }
}
