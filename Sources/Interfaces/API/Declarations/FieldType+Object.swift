import Basics

extension FieldType {
    /// An object within a body, as a shape declares it.
    static func object(_ shape: Shape<Value>) -> FieldType {
        var schema: [JSON.Member] = []
        if case .object(let members)? = shape.component?.schema { schema = members }
        // It is only ever read.
        return FieldType(schema: schema, read: shape.read, json: { _ in .null })
    }
}

extension Field {
    /// One that may be absent or null.
    static func optional<Wrapped: Sendable>(
        _ name: String, _ type: FieldType<Wrapped>, _ description: String
    ) -> Field where Value == Wrapped? {
        Field(name, .orNull(type), standard: .some(nil), description)
    }
}
