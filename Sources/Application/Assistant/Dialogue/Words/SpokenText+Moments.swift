import Basics
import Messaging

extension SpokenText {
    /// The day that is named, the next one of that name from `today` on; `12.5.` and `12/5` are the twelfth of May
    /// everywhere.
    func day(from today: CivilDate) -> CivilDate? {
        numbered(today) ?? named(today)
    }

    private func numbered(_ today: CivilDate) -> CivilDate? {
        for index in pieces.indices {
            guard case .number(let first, let digits) = pieces[index] else { continue }
            if digits == 4, sign(index + 1, "-"), let month = number(index + 2), sign(index + 3, "-"),
                let day = number(index + 4), let date = CivilDate(year: first, month: month, day: day)
            {
                return date
            }
            for separator: Character in [".", "/"] {
                guard sign(index + 1, separator), let month = number(index + 2) else { continue }
                return Self.next(first, month, sign(index + 3, separator) ? year(index + 4) : nil, today)
            }
            for place in [index + 1, index + 2, index - 1] {
                if let month = month(place) { return Self.next(first, month, nil, today) }
            }
        }
        return nil
    }

    private static func next(_ day: Int, _ month: Int, _ year: Int?, _ today: CivilDate) -> CivilDate? {
        if let year { return CivilDate(year: year, month: month, day: day) }
        // The 29th of February may be some years away.
        return (0...8).lazy.compactMap { CivilDate(year: today.year + $0, month: month, day: day) }
            .first { $0 >= today }
    }

    private func named(_ today: CivilDate) -> CivilDate? {
        if says(\.today) { return today }
        for language in Language.allCases {
            for (index, names) in language.vocabulary.weekdays.enumerated() where says(names) {
                return today + (index + 1 - today.weekday + 7) % 7
            }
        }
        // In Spanish the word for tomorrow is also the one for the morning.
        return says(\.tomorrow) ? today + 1 : nil
    }

    /// The time of day that is named, in minutes.
    var minuteOfDay: Int? {
        for index in pieces.indices {
            guard case .number(let hour, _) = pieces[index], hour < 24, !sign(index - 1, "."), !sign(index - 1, "/")
            else { continue }
            if sign(index + 1, ":"), let minute = number(index + 2), minute < 60 {
                return half(index + 3, hour) * 60 + minute
            }
            if word(index + 1) == "h" { return hour * 60 + (number(index + 2).flatMap { $0 < 60 ? $0 : nil } ?? 0) }
            if ["am", "pm"].contains(word(index + 1)) { return half(index + 1, hour) * 60 }
            let isAfterWord = Language.allCases.contains { language in
                word(index - 1).map { Self.fits($0, language.vocabulary.before) } ?? false
            }
            if isAfterWord, !sign(index + 1, "."), !sign(index + 1, "/"), !sign(index + 1, "-"),
                month(index + 1) == nil,
                month(index + 2) == nil
            {
                // Nobody means three in the morning by "at 3".
                return (1...7).contains(hour) ? (hour + 12) * 60 : hour * 60
            }
        }
        return nil
    }

    private func half(_ index: Int, _ hour: Int) -> Int {
        switch word(index) {
        case "pm": hour < 12 ? hour + 12 : hour
        case "am": hour == 12 ? 0 : hour
        default: hour
        }
    }

    private func piece(_ index: Int) -> Piece? { pieces.indices.contains(index) ? pieces[index] : nil }

    private func number(_ index: Int) -> Int? {
        if case .number(let number, _) = piece(index) { number } else { nil }
    }

    private func year(_ index: Int) -> Int? {
        if case .number(let year, digits: 4) = piece(index) { year } else { nil }
    }

    private func sign(_ index: Int, _ sign: Character) -> Bool { piece(index) == .sign(sign) }

    private func word(_ index: Int) -> String? { if case .word(let word) = piece(index) { word } else { nil } }

    private func month(_ index: Int) -> Int? {
        guard let word = word(index) else { return nil }
        for language in Language.allCases {
            if let month = language.vocabulary.months.firstIndex(where: { Self.fits(word, [$0]) }) { return month + 1 }
        }
        return nil
    }
}
