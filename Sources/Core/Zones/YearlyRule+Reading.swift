extension YearlyRule {
    /// Reads a rule like `CET-1CEST,M3.5.0,M10.5.0/3` or `<+0545>-5:45`.
    init(reading text: some Collection<UInt8>) throws(ZoneFileFault) {
        var scanner = RuleScanner(text)
        try scanner.passName()
        // POSIX counts westwards.
        standard = -(try scanner.clock(hoursMax: 24))
        guard !scanner.isAtEnd else {
            daylight = nil
            return
        }
        try scanner.passName()
        let offset = scanner.isAt(",") ? standard + 3600 : -(try scanner.clock(hoursMax: 24))
        guard scanner.take(",") else { throw .rule }
        let begins = try scanner.moment()
        guard scanner.take(",") else { throw .rule }
        let ends = try scanner.moment()
        guard scanner.isAtEnd else { throw .rule }
        daylight = Daylight(offset: offset, begins: begins, ends: ends)
    }
}

private struct RuleScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: some Collection<UInt8>) { rest = Array(text)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ character: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: character) }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        rest.removeFirst()
        return true
    }

    /// A name in letters, or in anything between angle brackets.
    mutating func passName() throws(ZoneFileFault) {
        if take("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { throw .rule }
            rest = rest[(end + 1)...]
            return
        }
        let letters = rest.prefix { (65...90).contains($0) || (97...122).contains($0) }
        guard letters.count >= 3 else { throw .rule }
        rest.removeFirst(letters.count)
    }

    mutating func number(atMost most: Int) throws(ZoneFileFault) -> Int {
        let digits = rest.prefix { (48...57).contains($0) }
        guard (1...3).contains(digits.count) else { throw .rule }
        rest.removeFirst(digits.count)
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        guard value <= most else { throw .rule }
        return value
    }

    /// Hours, and minutes and seconds where they are there, with a sign or without.
    mutating func clock(hoursMax: Int) throws(ZoneFileFault) -> Int {
        let isNegative = isAt("-")
        if isNegative || isAt("+") { rest.removeFirst() }
        var seconds = try number(atMost: hoursMax) * 3600
        if take(":") { seconds += try number(atMost: 59) * 60 }
        if take(":") { seconds += try number(atMost: 59) }
        return isNegative ? -seconds : seconds
    }

    mutating func moment() throws(ZoneFileFault) -> YearlyMoment {
        let day = try day()
        return YearlyMoment(day: day, seconds: take("/") ? try clock(hoursMax: 167) : 7200)
    }

    private mutating func day() throws(ZoneFileFault) -> YearlyMoment.Day {
        if take("J") {
            let number = try number(atMost: 365)
            guard number >= 1 else { throw .rule }
            return .withoutLeapDay(number)
        }
        guard take("M") else { return .ofYear(try number(atMost: 365)) }
        let month = try number(atMost: 12)
        guard month >= 1, take(".") else { throw .rule }
        let week = try number(atMost: 5)
        guard week >= 1, take(".") else { throw .rule }
        return .ofWeek(month: month, week: week, weekday: try number(atMost: 6))
    }
}
