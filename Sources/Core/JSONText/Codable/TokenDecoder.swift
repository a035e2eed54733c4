/// Decodes the value at one token.
struct TokenDecoder: Decoder {
    let text: DecodedText
    let token: Int
    let codingPath: [any CodingKey]

    var userInfo: [CodingUserInfoKey: Any] { text.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try MemberDecoding<Key>(self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try ElementDecoding(self) }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    /// A decoder of a value inside of this one.
    func inner(_ token: Int, _ key: any CodingKey) -> TokenDecoder {
        TokenDecoder(text: text, token: token, codingPath: codingPath + [key])
    }

    private func read<Value: JSONReadable>() throws -> Value {
        try text.read(token, codingPath) { json throws(JSONFault) in try Value(reading: &json) }
    }
}

extension TokenDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { text.withTokens { JSONCursor($0, at: token).isNull } }
    func decode(_ type: Bool.Type) throws -> Bool { try read() }
    func decode(_ type: String.Type) throws -> String { try read() }
    func decode(_ type: Double.Type) throws -> Double { try read() }
    func decode(_ type: Float.Type) throws -> Float { try read() }
    func decode(_ type: Int.Type) throws -> Int { try read() }
    func decode(_ type: Int8.Type) throws -> Int8 { try read() }
    func decode(_ type: Int16.Type) throws -> Int16 { try read() }
    func decode(_ type: Int32.Type) throws -> Int32 { try read() }
    func decode(_ type: Int64.Type) throws -> Int64 { try read() }
    func decode(_ type: Int128.Type) throws -> Int128 { try read() }
    func decode(_ type: UInt.Type) throws -> UInt { try read() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try read() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try read() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try read() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try read() }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try read() }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }
}
