extension ParlorError {
    /// What a command with `--json` prints when it fails; docs/reference/json.md describes it.
    public var json: JSON {
        var members: [JSON.Member] = [
            .init("code", .string(code.name)), .init("message", .string(what)), .init("why", .string(why)),
            .init("hint", .string(hint)), .init("exit_status", .integer(Int(code.exitStatus))),
        ]
        if let reference { members.append(.init("reference", .string(reference))) }
        return ["error": .object(members)]
    }
}
