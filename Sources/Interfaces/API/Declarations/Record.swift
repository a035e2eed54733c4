import Basics
import Postgres
import Store

/// What a client wants a row to be: the members that it gave, checked, by the names of the columns.
struct Draft: Sendable {
    private(set) var members: [JSON.Member]

    /// What was given for a column; nil when nothing was.
    subscript(name: String) -> JSON? {
        get { members.first { $0.name == name }?.value }
        set {
            members.removeAll { $0.name == name }
            if let newValue { members.append(.init(name, newValue)) }
        }
    }

    /// As statements take it, which read it with `jsonb_populate_record`: of a row that is there it replaces the columns
    /// that are named, and leaves the others.
    var document: PostgresJSON { PostgresJSON(JSON.object(members).compact) }
}

/// A member of a resource as clients see it: what it may be, where its value comes from, and whether it can be set.
struct RecordMember<Row: Sendable>: Sendable {
    let name: String
    fileprivate let schema: JSON
    fileprivate let draftSchema: JSON
    fileprivate let json: (@Sendable (Row) -> JSON)?
    fileprivate let read: (@Sendable (JSON, String, inout [FieldFault]) -> JSON?)?
    fileprivate let isRequired: Bool
    fileprivate let standard: JSON?
    fileprivate let isFixed: Bool
    fileprivate var isLater = false

    /// One that only the service sets.
    static func told<Value: Sendable>(
        _ name: String, _ type: FieldType<Value>, _ value: @escaping @Sendable (Row) -> Value, _ description: String
    ) -> RecordMember {
        let schema = type.described(description)
        return RecordMember(
            name: name, schema: schema, draftSchema: schema, json: { type.json(value($0)) }, read: nil,
            isRequired: false, standard: nil, isFixed: false)
    }

    /// One that clients set: with `required` a row cannot be made without it, `standard` is what it is when they do not
    /// say, and what is `fixed` is set when a row is made and never again.
    static func set<Value: Sendable>(
        _ name: String, _ type: FieldType<Value>, _ value: @escaping @Sendable (Row) -> Value, required: Bool = false,
        standard: Value? = nil, fixed: Bool = false, _ description: String
    ) -> RecordMember {
        RecordMember(
            name: name, schema: type.described(description),
            draftSchema: type.described(description, standard: standard), json: { type.json(value($0)) },
            read: { json, pointer, faults in type.read(json, pointer, &faults).map(type.json) },
            isRequired: required, standard: standard.map(type.json), isFixed: fixed)
    }

    /// One that clients set once the row is there, and that nobody is ever told.
    static func kept<Value: Sendable>(
        _ name: String, _ type: FieldType<Value>, _ description: String
    ) -> RecordMember {
        let schema = type.described(description, [.init("writeOnly", true)])
        return RecordMember(
            name: name, schema: schema, draftSchema: schema, json: nil,
            read: { json, pointer, faults in type.read(json, pointer, &faults).map(type.json) }, isRequired: false,
            standard: nil, isFixed: false, isLater: true)
    }
}

/// A resource, declared once: what answers show of it, what a client may send to make one, and what to change one. All
/// three schemas, the checks and the writing follow from the list of members.
struct Record<Row: Sendable>: Sendable {
    let name: String
    let members: [RecordMember<Row>]
    /// What answers show.
    let component: Component
    private let shown: [(name: String, json: @Sendable (Row) -> JSON)]

    init(_ name: String, _ description: String, _ members: [RecordMember<Row>]) {
        self.name = name
        self.members = members
        let shown = members.filter { $0.json != nil }
        self.shown = shown.compactMap { member in member.json.map { (member.name, $0) } }
        component = Component(
            name: name,
            schema: .objectSchema(
                shown.map { .init($0.name, $0.schema) }, required: shown.map { .string($0.name) }, description))
    }

    /// A row as answers have it.
    func json(_ row: Row) -> JSON {
        .object(shown.map { .init($0.name, $0.json(row)) })
    }

    /// What makes a new one: what is not given is what the declaration says.
    var draft: Shape<Draft> {
        let settable = members.filter { $0.read != nil && !$0.isLater }
        let schema = JSON.objectSchema(
            settable.map { .init($0.name, $0.draftSchema) },
            required: settable.filter(\.isRequired).map { .string($0.name) })
        return Shape(component: Component(name: "\(name)Draft", schema: schema)) { json, pointer, faults in
            Self.read(json, settable, pointer, &faults) { member, place, faults in
                if member.isRequired { faults.append(FieldFault(pointer: place, detail: "is missing")) }
                return member.standard
            }
        }
    }

    /// What changes one (RFC 7396): what is absent stays, what is null is cleared where it may be.
    var changes: Shape<Draft> {
        let settable = members.filter { $0.read != nil && !$0.isFixed }
        let schema = JSON.objectSchema(settable.map { .init($0.name, $0.schema) }, required: [])
        return Shape(component: Component(name: "\(name)Changes", schema: schema)) { json, pointer, faults in
            Self.read(json, settable, pointer, &faults) { _, _, _ in nil }
        }
    }

    private static func read(
        _ json: JSON, _ settable: [RecordMember<Row>], _ pointer: String, _ faults: inout [FieldFault],
        absent: (RecordMember<Row>, String, inout [FieldFault]) -> JSON?
    ) -> Draft? {
        let before = faults.count
        guard let given = json.members(allowing: settable.map(\.name), pointer, &faults) else { return nil }
        var members: [JSON.Member] = []
        for member in settable {
            let place = "\(pointer)/\(member.name)"
            let value = given[member.name].map { member.read?($0, place, &faults) } ?? absent(member, place, &faults)
            if let value { members.append(.init(member.name, value)) }
        }
        return faults.count == before ? Draft(members: members) : nil
    }
}
