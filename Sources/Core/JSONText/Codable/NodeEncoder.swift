/// Encodes into one node.
struct NodeEncoder: Encoder {
    let node: EncodedNode
    private let information: [CodingUserInfoKey: any Sendable]
    let codingPath: [any CodingKey]

    init(userInfo: [CodingUserInfoKey: any Sendable], codingPath: [any CodingKey], node: EncodedNode = EncodedNode()) {
        information = userInfo
        self.codingPath = codingPath
        self.node = node
    }

    var userInfo: [CodingUserInfoKey: Any] { information }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.becomeObject()
        return KeyedEncodingContainer(MemberEncoding<Key>(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.becomeList()
        return ElementEncoding(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    /// An encoder of a value inside of this one.
    func inner(_ node: EncodedNode, _ key: any CodingKey) -> NodeEncoder {
        NodeEncoder(userInfo: information, codingPath: codingPath + [key], node: node)
    }
}

extension NodeEncoder: SingleValueEncodingContainer {
    func encodeNil() { node.setNull() }
    func encode(_ value: Bool) { node.set(value) }
    func encode(_ value: String) { node.set(value) }
    func encode(_ value: Int) { node.set(value) }
    func encode(_ value: Int8) { node.set(value) }
    func encode(_ value: Int16) { node.set(value) }
    func encode(_ value: Int32) { node.set(value) }
    func encode(_ value: Int64) { node.set(value) }
    func encode(_ value: Int128) { node.set(value) }
    func encode(_ value: UInt) { node.set(value) }
    func encode(_ value: UInt8) { node.set(value) }
    func encode(_ value: UInt16) { node.set(value) }
    func encode(_ value: UInt32) { node.set(value) }
    func encode(_ value: UInt64) { node.set(value) }
    func encode(_ value: UInt128) { node.set(value) }

    func encode(_ value: Double) throws {
        guard value.isFinite else { throw unwritable(value) }
        node.set(value)
    }

    func encode(_ value: Float) throws {
        guard value.isFinite else { throw unwritable(value) }
        node.set(value)
    }

    func encode(_ value: some Encodable) throws { try value.encode(to: self) }

    private func unwritable(_ value: Any) -> EncodingError {
        .invalidValue(value, .init(codingPath: codingPath, debugDescription: "JSON has neither infinity nor NaN"))
    }
}
