import Basics

/// Checks values against JSON Schema as far as our document uses it, knowing nothing of the code that made either.
struct SchemaValidator {
    /// Where `#/…` leads.
    let document: JSON

    /// What is wrong with a value, each with its place.
    func faults(_ value: JSON, _ schema: JSON, at place: String = "") -> [String] {
        if let reference = schema["$ref"]?.text {
            guard let target = resolve(reference) else { return ["\(place): \(reference) leads nowhere"] }
            return faults(value, target, at: place)
        }
        guard case .object(let keywords) = schema else { return schema == true ? [] : ["\(place): not a schema"] }
        return keywords.flatMap { faults(value, $0.name, $0.value, in: schema).map { "\(place): \($0)" } }
            + members(value, schema, place) + elements(value, schema, place)
    }

    private func resolve(_ reference: String) -> JSON? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(document as JSON?) { $0?[String($1)] }
    }

    private func faults(_ value: JSON, _ keyword: String, _ argument: JSON, in schema: JSON) -> [String] {
        switch (keyword, value) {
        case ("type", _):
            let types = argument.elements?.compactMap(\.text) ?? [argument.text ?? ""]
            return types.contains { isOf($0, value) } ? [] : ["\(value.compact.prefix(40)) is no \(types)"]
        case ("enum", _): return argument.elements?.contains(value) == true ? [] : ["not one of the words"]
        case ("minLength", .string(let text)):
            return text.unicodeScalars.count >= argument.int ?? 0 ? [] : ["too short"]
        case ("maxLength", .string(let text)):
            return text.unicodeScalars.count <= argument.int ?? .max ? [] : ["too long"]
        case ("pattern", .string(let text)):
            guard let regex = try? Regex(argument.text ?? "") else { return ["the pattern is none"] }
            return text.contains(regex) ? [] : ["\(text) does not match \(argument.text ?? "")"]
        case ("format", .string(let text)): return isOf(format: argument.text ?? "", text) ? [] : ["no \(argument)"]
        case ("minimum", .integer(let number)): return number >= argument.int ?? .min ? [] : ["too small"]
        case ("maximum", .integer(let number)): return number <= argument.int ?? .max ? [] : ["too large"]
        case ("minItems", .array(let list)): return list.count >= argument.int ?? 0 ? [] : ["too few"]
        case ("maxItems", .array(let list)): return list.count <= argument.int ?? .max ? [] : ["too many"]
        case ("required", .object(let members)):
            return (argument.elements ?? []).compactMap(\.text).filter { name in !members.contains { $0.name == name } }
                .map { "\($0) is missing" }
        default: return Self.known.contains(keyword) ? [] : ["the keyword \(keyword) is not known to this validator"]
        }
    }

    private static let known: Set<String> = [
        "type", "enum", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "minItems", "maxItems",
        "required", "properties", "additionalProperties", "items", "description", "default", "writeOnly",
    ]

    private func isOf(_ type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("integer", .integer), ("number", .integer), ("number", .number),
            ("string", .string), ("array", .array), ("object", .object):
            true
        default: false
        }
    }

    private func isOf(format: String, _ text: String) -> Bool {
        switch format {
        case "uuid": text.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil
        case "date-time": Timestamp(rfc3339: text) != nil
        case "date": Timestamp(rfc3339: "\(text)T00:00:00Z") != nil
        default: false
        }
    }

    private func members(_ value: JSON, _ schema: JSON, _ place: String) -> [String] {
        guard case .object(let members) = value else { return [] }
        return members.flatMap { member -> [String] in
            if let inner = schema["properties"]?[member.name] {
                return faults(member.value, inner, at: "\(place)/\(member.name)")
            }
            return schema["additionalProperties"] == false ? ["\(place): \(member.name) is not declared"] : []
        }
    }

    private func elements(_ value: JSON, _ schema: JSON, _ place: String) -> [String] {
        guard let elements = value.elements, let inner = schema["items"] else { return [] }
        return elements.enumerated().flatMap { faults($1, inner, at: "\(place)/\($0)") }
    }
}
