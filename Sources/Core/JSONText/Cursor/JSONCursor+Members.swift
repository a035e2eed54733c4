extension JSONCursor {
    /// A member that must be there.
    @inlinable
    public mutating func required<Value: JSONReadable>(
        _ name: StaticString, as type: Value.Type = Value.self
    ) throws(JSONFault) -> Value {
        let outer = try enter(name)
        defer { focus = outer }
        return try Value(reading: &self)
    }

    /// A member that must be there, read by `body`.
    @inlinable
    public mutating func required<Value>(
        _ name: StaticString, _ body: (inout JSONCursor) throws(JSONFault) -> Value
    ) throws(JSONFault) -> Value {
        let outer = try enter(name)
        defer { focus = outer }
        return try body(&self)
    }

    /// A member that may be missing or `null`; nil is both.
    @inlinable
    public mutating func optional<Value: JSONReadable>(
        _ name: StaticString, as type: Value.Type = Value.self
    ) throws(JSONFault) -> Value? {
        guard let outer = try enterIfPresent(name) else { return nil }
        defer { focus = outer }
        return try Value(reading: &self)
    }

    /// A member that may be missing or `null`, read by `body`; nil is both.
    @inlinable
    public mutating func optional<Value>(
        _ name: StaticString, _ body: (inout JSONCursor) throws(JSONFault) -> Value
    ) throws(JSONFault) -> Value? {
        guard let outer = try enterIfPresent(name) else { return nil }
        defer { focus = outer }
        return try body(&self)
    }

    /// Whether the object has a member of that name, be it `null`.
    public mutating func has(_ name: StaticString) throws(JSONFault) -> Bool {
        try tokens.name(name, inObjectAt: focus.token, from: focus.resume) != nil
    }

    /// Goes over all members in their order.
    public mutating func members(
        _ body: (String, inout JSONCursor) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        guard tokens.kind(of: focus.token) == .object else {
            throw tokens.mismatch(at: focus.token, expected: "an object")
        }
        let outer = focus
        defer { focus = outer }
        let close = tokens.link(of: outer.token)
        var name = outer.token + 1
        while name != close {
            let value = name + 2
            if tokens.links[name] & Tokens.isShadowed == 0 {
                focus = Focus(token: value, resume: value + 1)
                try body(tokens.string(of: name), &self)
            }
            name = tokens.next(after: value)
        }
    }

    /// Goes to a member that must be there: what to go back to.
    @usableFromInline
    mutating func enter(_ name: StaticString) throws(JSONFault) -> Focus {
        guard let found = try tokens.name(name, inObjectAt: focus.token, from: focus.resume) else {
            throw tokens.fault(
                .missingMember, "a member is missing", at: focus.token, inside: [.member("\(name)")])
        }
        return enter(memberAt: found)
    }

    /// Goes to a member that is there and not `null`: what to go back to.
    @usableFromInline
    mutating func enterIfPresent(_ name: StaticString) throws(JSONFault) -> Focus? {
        guard let found = try tokens.name(name, inObjectAt: focus.token, from: focus.resume) else { return nil }
        let outer = enter(memberAt: found)
        guard tokens.isNull(focus.token) else { return outer }
        focus = outer
        return nil
    }

    private mutating func enter(memberAt name: Int) -> Focus {
        let value = name + 2
        let outer = Focus(token: focus.token, resume: tokens.next(after: value), remaining: focus.remaining)
        focus = Focus(token: value, resume: value + 1)
        return outer
    }
}
