extension Tokens {
    /// Applies a rule to the names of an object that was just closed: the second of two equal names when the rule
    /// refuses them.
    func duplicateName(inObjectAt open: Int, count: Int, _ rule: JSONRules.Duplicates) -> Int? {
        guard count > 1 else { return nil }
        guard count <= 16 else { return compareSorted(names(inObjectAt: open, count: count), rule) }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { names in
            var (name, flags) = (open + 1, UInt32(0))
            for index in 0..<count {
                names.initializeElement(at: index, to: UInt32(truncatingIfNeeded: name))
                flags |= links[name]
                name = next(after: name + 2)
            }
            let names = UnsafeBufferPointer(rebasing: names[..<count])
            return flags & Tokens.flag == 0 ? compareAll(names, rule) : compareSorted(Array(names), rule)
        }
    }

    private func names(inObjectAt open: Int, count: Int) -> [UInt32] {
        var name = open + 1
        return (0..<count).map { _ in
            defer { name = next(after: name + 2) }
            return UInt32(truncatingIfNeeded: name)
        }
    }

    /// Each with each, which is fastest where there are few, and none has an escape.
    private func compareAll(_ names: UnsafeBufferPointer<UInt32>, _ rule: JSONRules.Duplicates) -> Int? {
        for later in 1..<names.count {
            let content = content(of: Int(names[later]))
            for earlier in 0..<later where self.content(of: Int(names[earlier])).isSame(as: content) {
                if rule == .refused { return Int(names[later]) }
                shadow(earlier: names[earlier], later: names[later], rule)
            }
        }
        return nil
    }

    /// Each with its neighbour in alphabetical order, so that even the worst names cost no more than sorting them.
    private func compareSorted(_ names: [UInt32], _ rule: JSONRules.Duplicates) -> Int? {
        var pool: [UInt8] = []
        var entries: [(token: UInt32, range: Range<Int>)] = []
        entries.reserveCapacity(names.count)
        for token in names {
            let start = pool.count
            if isFlagged(Int(token)) { pool += unescaped(Int(token)) } else { pool += content(of: Int(token)) }
            entries.append((token, start..<pool.count))
        }
        return pool.withUnsafeBufferPointer { pool in
            func name(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: pool[range]) }
            entries.sort { left, right in
                let order = name(left.range).order(to: name(right.range))
                return order == 0 ? left.token < right.token : order < 0
            }
            var first: UInt32?
            for (left, right) in zip(entries, entries.dropFirst()) {
                guard name(left.range).isSame(as: name(right.range)) else { continue }
                first = min(first ?? right.token, right.token)
                if rule != .refused { shadow(earlier: left.token, later: right.token, rule) }
            }
            return rule == .refused ? first.map(Int.init) : nil
        }
    }

    private func shadow(earlier: UInt32, later: UInt32, _ rule: JSONRules.Duplicates) {
        links[Int(rule == .firstCounts ? later : earlier)] |= Tokens.isShadowed
    }
}
