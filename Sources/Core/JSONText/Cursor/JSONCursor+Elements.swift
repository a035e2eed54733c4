extension JSONCursor {
    /// Goes over all elements of a list in their order.
    @inlinable
    public mutating func elements(_ body: (inout JSONCursor) throws(JSONFault) -> Void) throws(JSONFault) {
        let outer = focus
        defer { focus = outer }
        guard try enterFirstElement() else { return }
        repeat { try body(&self) } while enterNextElement()
    }

    /// A list whose elements `body` reads.
    @inlinable
    public mutating func list<Element>(
        _ body: (inout JSONCursor) throws(JSONFault) -> Element
    ) throws(JSONFault) -> [Element] {
        let outer = focus
        defer { focus = outer }
        guard try enterFirstElement() else { return [] }
        var list: [Element] = []
        list.reserveCapacity(focus.remaining)
        repeat { list.append(try body(&self)) } while enterNextElement()
        return list
    }

    /// Goes to the first element; false when there is none.
    @usableFromInline
    mutating func enterFirstElement() throws(JSONFault) -> Bool {
        guard tokens.byte(of: focus.token) == UInt8(ascii: "[") else {
            throw tokens.mismatch(at: focus.token, expected: "a list")
        }
        let first = focus.token + 1
        let count = tokens.count(of: focus.token)
        guard count > 0 else { return false }
        focus = Focus(token: first, resume: first + 1, remaining: count)
        return true
    }

    /// Goes to the element behind the current one; false when it was the last one.
    @usableFromInline
    mutating func enterNextElement() -> Bool {
        guard focus.remaining > 1 else { return false }
        let next = tokens.next(after: focus.token)
        focus = Focus(token: next, resume: next + 1, remaining: focus.remaining - 1)
        return true
    }
}
