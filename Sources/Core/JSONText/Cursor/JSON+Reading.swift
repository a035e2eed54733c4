public import Basics

extension JSON: JSONReadable {
    private static let reader = JSONReader()

    /// Reads one text under the default rules.
    public init(reading text: String) throws(JSONFault) { self = try JSON.reader.read(from: text) }

    /// Reads the bytes of one text under the default rules.
    public init(reading bytes: [UInt8]) throws(JSONFault) { self = try JSON.reader.read(from: bytes) }

    /// Reads a whole tree. A whole number that does not fit into `Int` becomes a `number`, and loses digits.
    public init(reading json: inout JSONCursor) throws(JSONFault) {
        switch json.kind {
        case .null: self = .null
        case .bool: self = .bool(try json.boolean())
        case .text: self = .string(try json.text())
        case .number:
            if let integer = json.integerIfItFits() {
                self = .integer(integer)
            } else {
                self = .number(try json.number())
            }
        case .list: self = .array(try json.list { json throws(JSONFault) in try JSON(reading: &json) })
        case .object:
            var members: [Member] = []
            members.reserveCapacity(json.count)
            try json.members { name, json throws(JSONFault) in
                members.append(Member(name, try JSON(reading: &json)))
            }
            self = .object(members)
        }
    }
}
