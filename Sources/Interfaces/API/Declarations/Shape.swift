import Basics

/// A member of a body: its name, what it may be, and whether it must be there.
struct Field<Value: Sendable>: Sendable {
    let name: String
    let type: FieldType<Value>
    let description: String
    /// What stands for it when it is absent; nil when it must be there.
    let standard: Value?

    init(_ name: String, _ type: FieldType<Value>, standard: Value? = nil, _ description: String) {
        self.name = name
        self.type = type
        self.standard = standard
        self.description = description
    }

    fileprivate func value(in members: [String: JSON], _ pointer: String, _ faults: inout [FieldFault]) -> Value? {
        let place = "\(pointer)/\(name)"
        if let json = members[name] { return type.read(json, place, &faults) }
        if standard == nil { faults.append(FieldFault(pointer: place, detail: "is missing")) }
        return standard
    }
}

/// A schema with the name under which the document lists it.
struct Component: Hashable, Sendable {
    let name: String
    let schema: JSON

    /// A reference to it.
    var reference: JSON { ["$ref": .string("#/components/schemas/\(name)")] }
}

/// The body of a request as one declaration: its schema for clients, and the value that is made of it once everything
/// about it is right. Members that it does not name are refused.
struct Shape<Value: Sendable>: Sendable {
    /// Its schema; nil for a request without a body.
    let component: Component?
    /// The value; nil when there is none, which the faults then explain.
    let read: @Sendable (JSON, _ pointer: String, inout [FieldFault]) -> Value?

    init(component: Component?, read: @escaping @Sendable (JSON, String, inout [FieldFault]) -> Value?) {
        self.component = component
        self.read = read
    }

    /// An object of these fields, made into a value by `make`.
    init<each Part: Sendable>(
        _ name: String, _ fields: repeat Field<each Part>, make: @escaping @Sendable (repeat each Part) -> Value
    ) {
        var properties: [JSON.Member] = []
        var required: [JSON] = []
        func add<Next: Sendable>(_ field: Field<Next>) {
            properties.append(.init(field.name, field.type.described(field.description, standard: field.standard)))
            if field.standard == nil { required.append(.string(field.name)) }
        }
        repeat add(each fields)
        let names = properties.map(\.name)
        component = Component(name: name, schema: .objectSchema(properties, required: required))
        read = { json, pointer, faults in
            guard let members = json.members(allowing: names, pointer, &faults) else { return nil }
            let parts = (repeat (each fields).value(in: members, pointer, &faults))
            return try? make(repeat present(each parts))
        }
    }
}

extension Shape where Value == Void {
    /// No body.
    static let none = Shape(component: nil) { _, _, _ in () }
}

/// A part that turned out not to be right.
private struct Missing: Error {}

private func present<Part>(_ part: Part?) throws -> Part {
    guard let part else { throw Missing() }
    return part
}

extension FieldType {
    /// The schema with words for people.
    func described(_ description: String, standard: Value? = nil, _ further: [JSON.Member] = []) -> JSON {
        var members = schema + further
        if let standard { members.append(.init("default", json(standard))) }
        return .object(members + [.init("description", .string(description))])
    }
}

extension JSON {
    /// The schema of an object with these members and no others.
    static func objectSchema(_ properties: [Member], required: [JSON], _ description: String? = nil) -> JSON {
        var members: [Member] = [.init("type", "object")]
        if let description { members.append(.init("description", .string(description))) }
        members.append(.init("properties", .object(properties)))
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        return .object(members + [.init("additionalProperties", false)])
    }

    /// The members of an object by their names; what is not among the allowed ones is a fault.
    func members(allowing names: [String], _ pointer: String, _ faults: inout [FieldFault]) -> [String: JSON]? {
        guard case .object(let members) = self else {
            faults.append(FieldFault(pointer: pointer, detail: "must be an object"))
            return nil
        }
        for member in members where !names.contains(member.name) {
            faults.append(FieldFault(pointer: "\(pointer)/\(member.name.asPointer)", detail: "is not known here"))
        }
        return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    }
}

extension String {
    /// As a step of a JSON pointer (RFC 6901).
    fileprivate var asPointer: String {
        replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
