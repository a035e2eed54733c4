extension ParlorError {
    /// What a command with `--json` prints when it fails; docs/reference/json.md describes it.
    public var json: JSON {
        [
            "error": [
                "code": .string(code.name),
                "message": .string(what),
                "why": .string(why),
                "hint": .string(hint),
                "exit_status": .integer(Int(code.exitStatus)),
            ]
        ]
    }
}
