import Digests
import JSONText

/// etcd's way of writing: what is zero, empty or false is left out, whole numbers are texts, bytes are Base64.
extension JSONCursor {
    mutating func whole<Number: FixedWidthInteger & JSONReadable>(
        _ name: StaticString, as: Number.Type = Number.self
    ) throws(JSONFault) -> Number {
        try optional(name) { json throws(JSONFault) in
            guard json.kind == .text else { return try Number(reading: &json) }
            guard let number = Number(try json.text()) else { throw json.fault("the text is no whole number") }
            return number
        } ?? 0
    }

    mutating func bytes(_ name: StaticString) throws(JSONFault) -> [UInt8] {
        try optional(name) { json throws(JSONFault) in try json.base64() } ?? []
    }

    func base64() throws(JSONFault) -> [UInt8] {
        guard let bytes = Base64.bytes(try text()) else { throw fault("the text is no Base64") }
        return bytes
    }

    mutating func flag(_ name: StaticString) throws(JSONFault) -> Bool { try optional(name) ?? false }

    mutating func words(_ name: StaticString) throws(JSONFault) -> String { try optional(name) ?? "" }

    mutating func list<Element>(
        _ name: StaticString, _ body: (inout JSONCursor) throws(JSONFault) -> Element
    ) throws(JSONFault) -> [Element] {
        try optional(name) { json throws(JSONFault) in
            try json.list { json throws(JSONFault) in try body(&json) }
        } ?? []
    }
}
