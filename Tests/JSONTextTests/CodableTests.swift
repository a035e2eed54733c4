import Basics
import JSONText
import Testing

@Suite struct CodableTests {
    enum Color: String, Codable { case red, green }

    enum Shape: Codable, Equatable {
        case circle(radius: Double)
        case named(String, Color)
        case none
    }

    struct Everything: Codable, Equatable {
        var text = "é\n"
        var number = 1.5
        var small: Float = 0.1
        var flag = true
        var integers: [Int] = [.min, 0, .max]
        var unsigned = UInt64.max
        var wide = Int128.max
        var bytes: [UInt8] = [0, 255]
        var missing: Int?
        var present: Int? = 7
        var nulls: [String?] = [nil, "x"]
        var dictionary = ["a": ["b": 1.0]]
        var numbered: [Int: String] = [1: "one"]
        var shapes: [Shape] = [.circle(radius: 2), .named("x", .green), .none]
        var range: Range<Int> = 1..<4
        var empty: [Int] = []
        var nothing: [String: Int] = [:]
    }

    class Base: Codable { var a = 1 }

    final class Derived: Base {
        private enum CodingKeys: String, CodingKey { case b }
        var b = 2

        override init() { super.init() }

        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            b = try container.decode(Int.self, forKey: .b)
            try super.init(from: container.superDecoder())
        }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(b, forKey: .b)
            try super.encode(to: container.superEncoder())
        }
    }

    private func encoded(_ value: some Encodable) throws -> [UInt8] {
        var json = JSONAppender()
        try json.append(encoding: value)
        return json.bytes
    }

    @Test("What is encoded is decoded as the same value")
    func roundTrip() throws {
        let value = Everything()
        #expect(try JSONReader().decode(Everything.self, from: try encoded(value)) == value)
    }

    @Test("Members are written in the order of the type, and missing ones are left out")
    func order() throws {
        struct Guest: Codable {
            var name: String
            var age: Int?
            var color: Color
        }
        let text = String(decoding: try encoded([Guest(name: "Ada", color: .red)]), as: UTF8.self)
        #expect(text == #"[{"name":"Ada","color":"red"}]"#)
    }

    @Test("Classes above keep their part, and plain values are whole texts")
    func inheritance() throws {
        let bytes = try encoded(Derived())
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"b":2,"super":{"a":1}}"#)
        let decoded = try JSONReader().decode(
            Derived.self, from: Array(#"{"super":{"a":5},"b":6}"#.utf8))
        #expect(decoded.a == 5 && decoded.b == 6)
        #expect(try JSONReader().decode(String.self, from: Array("\"x\"".utf8)) == "x")
        #expect(try JSONReader().decode(Int?.self, from: Array("null".utf8)) == nil)
        #expect(try encoded([Int?.none, 1]) == Array("[null,1]".utf8))
    }

    @Test(
        "What does not suit is a fault with its place, and shows no value",
        arguments: [
            (#"{"list":[{"color":"red"},{"color":"pink"}]}"#, JSONFault.Code.unacceptable, "$.list[1].color", 34),
            (#"{"list":[{"color":"red"},{}]}"#, .missingMember, "$.list[1].color", 25),
            (#"{"list":[{"color": 7}]}"#, .wrongType, "$.list[0].color", 19),
            (#"{"list":{}}"#, .wrongType, "$.list", 8), (#"[]"#, .wrongType, "$", 0),
            (#"{"list":null}"#, .wrongType, "$.list", 8),
            (#"{"list":[1,]}"#, .malformed, "$.list[1]", 11),
            (#"{"list":[],"list":[]}"#, .duplicateMember, "$.list", 11),
            (#"{"list":[],"small":300}"#, .outOfRange, "$.small", 19),
        ])
    func faults(text: String, code: JSONFault.Code, path: String, offset: Int) throws {
        struct Item: Codable { var color: Color }
        struct Items: Codable {
            var list: [Item]
            var small: UInt8?
        }
        let fault = try #require(throws: JSONFault.self) {
            try JSONReader().decode(Items.self, from: Array(text.utf8))
        }
        #expect(fault.code == code && fault.path.description == path && fault.position.offset == offset)
        #expect(!fault.description.contains("pink") && !fault.explained.description.contains("pink"))
    }

    @Test("An error of the type's own passes through")
    func ownErrors() {
        struct Refusal: Error, Equatable {}
        struct Stubborn: Decodable { init(from decoder: any Decoder) throws { throw Refusal() } }
        #expect(throws: Refusal()) { try JSONReader().decode([Stubborn].self, from: Array("[1]".utf8)) }
    }

    @Test("What JSON cannot hold is an error, and nothing is appended")
    func unwritable() {
        var json = JSONAppender()
        #expect(throws: EncodingError.self) { try json.append(encoding: ["a": [1, Double.nan]]) }
        #expect(throws: EncodingError.self) { try json.append(encoding: [Float.infinity]) }
        #expect(json.bytes.isEmpty && !json.isComplete)
    }

    @Test("Deep values of up to 1024 levels are decoded")
    func depth() throws {
        final class Box: Decodable { var inner: Box? }
        let text = String(repeating: #"{"inner":"#, count: 1023) + "{}" + String(repeating: "}", count: 1023)
        var box: Box? = try JSONReader(JSONRules(depthMax: 1024)).decode(Box.self, from: Array(text.utf8))
        var depth = 0
        while let inner = box?.inner { (box, depth) = (inner, depth + 1) }
        #expect(depth == 1023)
    }
}
