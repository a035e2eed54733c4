import Basics
import HTTP

/// A parameter of the query, with a type; it need not be given unless it is required.
struct QueryParameter<Value: Sendable>: Sendable {
    let name: String
    let type: FieldType<Value>
    let description: String
    let isRequired: Bool

    init(_ name: String, _ type: FieldType<Value>, required: Bool = false, _ description: String) {
        self.name = name
        self.type = type
        self.description = description
        isRequired = required
    }
}

/// A parameter without its Swift type.
struct AnyQueryParameter: Sendable {
    let name: String
    let schema: JSON
    let description: String
    let isRequired: Bool
    fileprivate let read: @Sendable (JSON, inout [FieldFault]) -> (any Sendable)?

    init<Value: Sendable>(_ parameter: QueryParameter<Value>) {
        name = parameter.name
        schema = .object(parameter.type.schema)
        description = parameter.description
        isRequired = parameter.isRequired
        read = { json, faults in parameter.type.read(json, "?\(parameter.name)", &faults) }
    }

    /// What a text of the query is as JSON: its type decides, because a query has texts only.
    private func json(_ text: String) -> JSON {
        switch schema["type"]?.text {
        case "integer": Int(text).map { .integer($0) } ?? .string(text)
        case "boolean": Bool(text).map { .bool($0) } ?? .string(text)
        default: .string(text)
        }
    }

    fileprivate func value(_ text: String, _ faults: inout [FieldFault]) -> (any Sendable)? {
        read(json(text), &faults)
    }
}

/// The values of a request's query, checked against what its endpoint declares.
struct QueryValues: Sendable {
    private var values: [String: any Sendable] = [:]

    /// Nothing was given.
    init() {}

    /// Reads a query. What is not declared, and what is given twice, is a fault: silence would look like an answer.
    init(_ items: [HTTPTarget.QueryItem], declared: [AnyQueryParameter]) throws(HTTPProblem) {
        var faults: [FieldFault] = []
        for item in items {
            guard let parameter = declared.first(where: { $0.name == item.name }) else {
                faults.append(FieldFault(pointer: "?\(item.name)", detail: "is not known here"))
                continue
            }
            guard values[item.name] == nil else {
                faults.append(FieldFault(pointer: "?\(item.name)", detail: "is given twice"))
                continue
            }
            values[item.name] = parameter.value(item.value, &faults)
        }
        for parameter in declared where parameter.isRequired && !items.contains(where: { $0.name == parameter.name }) {
            faults.append(FieldFault(pointer: "?\(parameter.name)", detail: "is missing"))
        }
        guard faults.isEmpty else { throw .faultyQuery(faults) }
    }

    /// The value of a parameter; nil when it was not given.
    subscript<Value: Sendable>(parameter: QueryParameter<Value>) -> Value? { values[parameter.name] as? Value }
}

extension HTTPProblem {
    /// Everything that is wrong with the parameters of a query.
    static func faultyQuery(_ faults: [FieldFault]) -> HTTPProblem {
        HTTPProblem(
            .badRequest, "some parameters of the query are not right",
            members: [.init("errors", .array(faults.map(\.json)))])
    }
}
