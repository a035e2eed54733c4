import Basics
import JSONText
import Postgres

extension FieldType where Value == Timestamp {
    private static var calendar: Range<Timestamp> { Timestamp(seconds: 0)..<Timestamp(seconds: 7_258_118_400) }

    /// A moment with its offset, in the centuries for which anybody makes appointments.
    static var moment: FieldType {
        FieldType(
            schema: [.init("type", "string"), .init("format", "date-time")],
            expectation: "a moment of RFC 3339 between 1970 and 2200, like 2026-03-01T09:30:00Z",
            reading: { json in
                guard let moment = json.text.flatMap({ Timestamp(rfc3339: $0) }), calendar.contains(moment) else {
                    return nil
                }
                return moment
            }, json: { .string($0.rfc3339) })
    }
}

extension FieldType where Value == PostgresDate {
    /// A day.
    static var day: FieldType {
        FieldType(
            schema: [.init("type", "string"), .init("format", "date")],
            expectation: "a day between 1970 and 2199, like 2026-03-01",
            reading: { json in
                let parts = json.text?.split(separator: "-", omittingEmptySubsequences: false) ?? []
                guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
                    let day = Int(parts[2]), (1970..<2200).contains(year)
                else { return nil }
                return PostgresDate(year: year, month: month, day: day)
            }, json: { .string($0.description) })
    }
}

extension FieldType where Value == PostgresTime {
    /// A time of the day as clocks show it, to the minute.
    static var timeOfDay: FieldType {
        FieldType(
            schema: [.init("type", "string"), .init("pattern", "^([01][0-9]|2[0-3]):[0-5][0-9]$")],
            expectation: "a time of the day like 09:30",
            reading: { json in
                let parts = json.text?.split(separator: ":", omittingEmptySubsequences: false) ?? []
                guard parts.map(\.utf8.count) == [2, 2], let hour = Int(parts[0]), let minute = Int(parts[1]) else {
                    return nil
                }
                return PostgresTime(hour: hour, minute: minute)
            }, json: { .string(String($0.description.prefix(5))) })
    }
}

extension FieldType where Value == PostgresTime {
    /// The end of something within a day: 24:00 is the midnight that ends it.
    static var closingTime: FieldType {
        FieldType(
            schema: [.init("type", "string"), .init("pattern", "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")],
            expectation: "a time of the day like 17:30, at the latest 24:00",
            reading: { json in
                if json == "24:00" { return PostgresTime(microseconds: 86_400_000_000) }
                var faults: [FieldFault] = []
                return timeOfDay.read(json, "", &faults)
            }, json: timeOfDay.json)
    }
}

extension FieldType where Value == PostgresNumeric {
    /// A sum of money.
    static var price: FieldType { decimal(digits: 12, scale: 2) }

    /// An exact number, as a text because numbers of JSON are not exact everywhere.
    static func decimal(digits: Int, scale: Int) -> FieldType {
        let example = scale == 2 ? "12.50" : "0.0315"
        return FieldType(
            schema: [
                .init("type", "string"),
                .init("pattern", .string("^[0-9]{1,\(digits - scale)}(\\.[0-9]{1,\(scale)})?$")),
            ], expectation: "an amount as a text, like \"\(example)\"",
            reading: { json in
                let parts = json.text?.split(separator: ".", omittingEmptySubsequences: false) ?? []
                guard let text = json.text, (1...2).contains(parts.count),
                    (1...(digits - scale)).contains(parts[0].utf8.count),
                    parts.count == 1 || (1...scale).contains(parts[1].utf8.count),
                    parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
                else { return nil }
                return PostgresNumeric(text)
            }, json: { .string($0.description) })
    }
}

extension FieldType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of some words.
    static var choice: FieldType {
        let words = Value.allCases.map(\.rawValue)
        return FieldType(
            schema: [.init("type", "string"), .init("enum", .array(words.map { .string($0) }))],
            expectation: "one of \(words.joined(separator: ", "))",
            reading: { $0.text.flatMap { Value(rawValue: $0) } }, json: { .string($0.rawValue) })
    }
}

extension FieldType where Value == PostgresJSON {
    /// Any value of JSON that a program keeps here, of at most so many bytes.
    static func free(_ kind: String, upTo limit: Int) -> FieldType {
        FieldType(
            schema: [.init("type", .string(kind))], expectation: "an \(kind) of at most \(limit) bytes",
            reading: { json in
                let isOfKind = kind == "array" ? json.elements != nil : json.isObject
                let text = json.compact
                return isOfKind && text.utf8.count <= limit ? PostgresJSON(text) : nil
            }, json: { (try? JSON(reading: $0.text)) ?? .null })
    }
}

extension JSON {
    var isObject: Bool { if case .object = self { true } else { false } }
}

extension FieldType {
    /// A value of another type, or null.
    static func orNull<Wrapped: Sendable>(_ type: FieldType<Wrapped>) -> FieldType where Value == Wrapped? {
        FieldType(
            schema: type.schema.map { member in
                switch (member.name, member.value) {
                case ("type", .string(let kind)): .init("type", .array([.string(kind), "null"]))
                case ("enum", .array(let words)): .init("enum", .array(words + [.null]))
                default: member
                }
            },
            read: { value, pointer, faults in
                value == .null ? .some(.none) : type.read(value, pointer, &faults).map { .some($0) }
            }, json: { $0.map(type.json) ?? .null })
    }

    /// Several of them.
    static func list<Element: Sendable>(
        of type: FieldType<Element>, _ count: ClosedRange<Int>
    ) -> FieldType where Value == [Element] {
        FieldType(
            schema: [
                .init("type", "array"), .init("items", .object(type.schema)),
                .init("minItems", .integer(count.lowerBound)), .init("maxItems", .integer(count.upperBound)),
            ],
            read: { value, pointer, faults in
                guard let elements = value.elements, count.contains(elements.count) else {
                    let detail = "must be a list of \(count.lowerBound) to \(count.upperBound)"
                    faults.append(FieldFault(pointer: pointer, detail: detail))
                    return nil
                }
                let before = faults.count
                let values = elements.enumerated().compactMap { index, element in
                    type.read(element, "\(pointer)/\(index)", &faults)
                }
                return faults.count == before ? values : nil
            }, json: { .array($0.map(type.json)) })
    }
}

extension FieldType where Value == [PostgresUUID] {
    /// The keys of some rows.
    static var keys: FieldType { list(of: FieldType<PostgresUUID>.identifier, 0...1000) }
}

extension FieldType where Value == Int32 {
    /// A version of a row.
    static var version: FieldType { integer(1...Int32.max) }

    /// Minutes of at most a day.
    static var minutes: FieldType { integer(0...1440) }
}
