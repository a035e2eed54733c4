import Basics
import JSONText
import Testing

@Suite struct CursorTests {
    struct Guest: JSONReadable, Equatable {
        enum Kind: String, JSONReadable { case regular, new }

        var name: String
        var kind: Kind
        var age: Int?
        var tags: [String]

        init(name: String, kind: Kind, age: Int?, tags: [String]) {
            (self.name, self.kind, self.age, self.tags) = (name, kind, age, tags)
        }

        init(reading json: inout JSONCursor) throws(JSONFault) {
            name = try json.required("name")
            kind = try json.required("kind")
            age = try json.optional("age")
            tags = try json.optional("tags") ?? []
        }
    }

    private func read<Value: JSONReadable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONReader().read(type, from: text)
    }

    @Test(
        "Members are found in any order, and what nobody asks for is passed over",
        arguments: [
            #"{"name":"Ada","kind":"new","age":36,"tags":["a","b"]}"#,
            #"{"tags":["a","b"],"age":36,"kind":"new","name":"Ada"}"#,
            #"{"x":{"name":"no"},"kind":"new","y":[["name"]],"tags":["a","b"],"name":"Ada","age":36,"z":null}"#,
            #"{ "n\u0061me" : "A\u0064a" , "\u006bind" : "ne\u0077" , "tags" : [ "a" , "b" ] , "age" : 36 }"#,
        ])
    func anyOrder(text: String) throws {
        #expect(try read(text) == Guest(name: "Ada", kind: .new, age: 36, tags: ["a", "b"]))
    }

    @Test("Optional members may be missing or null", arguments: ["", #","age":null"#, #","tags":null,"age":null"#])
    func optional(rest: String) throws {
        let text = #"{"name":"Ada","kind":"regular"\#(rest)}"#
        #expect(try read(text) == Guest(name: "Ada", kind: .regular, age: nil, tags: []))
    }

    @Test(
        "What does not suit is refused with its kind and path",
        arguments: [
            (#"[]"#, JSONFault.Code.wrongType, "$"), (#"{}"#, .missingMember, "$.name"),
            (#"{"name":null,"kind":"new"}"#, .wrongType, "$.name"),
            (#"{"name":"","kind":"old"}"#, .unacceptable, "$.kind"),
            (#"{"name":"","kind":"new","age":"1"}"#, .wrongType, "$.age"),
            (#"{"name":"","kind":"new","age":1e2}"#, .wrongType, "$.age"),
            (#"{"name":"","kind":"new","tags":{}}"#, .wrongType, "$.tags"),
            (#"{"name":"","kind":"new","tags":["",false]}"#, .wrongType, "$.tags[1]"),
        ])
    func unsuitable(text: String, code: JSONFault.Code, path: String) throws {
        let fault = try #require(firstFault(reading: text) { json throws(JSONFault) in try Guest(reading: &json) })
        #expect(fault.code == code && fault.path.description == path)
    }

    @Test("A member can be asked for again, also after a fault that the caller mends")
    func again() throws {
        let values = try JSONReader().read(from: Array(#"{"a":{"b":"x"},"c":2}"#.utf8)) { json throws(JSONFault) in
            let wrong = try? json.required("a") { json throws(JSONFault) in try json.required("b", as: Int.self) }
            let first = try json.required("c", as: Int.self)
            let text = try json.required("a") { json throws(JSONFault) in try json.required("b", as: String.self) }
            return (wrong, first, text, try json.has("c"), try json.has("b"))
        }
        #expect(values == (nil, 2, "x", true, false))
    }

    @Test("Elements may be looked at and left unread")
    func elements() throws {
        let kinds = try JSONReader().read(from: Array(#"[null,true,1,"",[1,[2]],{"a":{}},[]]"#.utf8)) {
            json throws(JSONFault) in
            try json.list { json in json.kind }
        }
        #expect(kinds == [.null, .bool, .number, .text, .list, .object, .list])
    }

    @Test("Counts, sources, paths and places of values can be asked for")
    func looks() throws {
        let text = "{\"a\": [1, { \"x\" : [ ] }, \"\\n\"],\n \"b\": 12.50, \"c\":true, \"d\":false}"
        try JSONReader().read(from: Array(text.utf8)) { json throws(JSONFault) in
            #expect(json.count == 4)
            #expect(json.source == Array(text.utf8))
            try json.required("a") { json throws(JSONFault) in
                #expect(json.count == 3)
                let sources = try json.list { json in String(decoding: json.source, as: UTF8.self) }
                #expect(sources == ["1", "{ \"x\" : [ ] }", "\"\\n\""])
            }
            try json.required("b") { json throws(JSONFault) in
                #expect(json.position.line == 2 && json.position.column == 7)
                #expect(json.path.steps == [.member("b")] && json.count == 0)
                let length = try json.withSource { $0.count }
                #expect(length == 5)
            }
            var sources: [String] = []
            try json.members { name, json in sources.append(name + String(decoding: json.source, as: UTF8.self)) }
            #expect(sources.suffix(3) == ["b12.50", "ctrue", "dfalse"])
        }
    }

    @Test("Texts can be looked at in place", arguments: [#""héllo""#, #""h\u00e9llo""#])
    func inPlace(text: String) throws {
        try JSONReader().read(from: Array(text.utf8)) { json throws(JSONFault) in
            #expect(json.isText("héllo") && !json.isText("hello") && !json.isText("héll"))
            let bytes = try json.withText { text in (0..<text.count).map { text[$0] } }
            #expect(bytes == Array("héllo".utf8))
        }
    }

    @Test("Objects with any names become dictionaries, and null becomes nil")
    func generic() throws {
        #expect(try read(#"{"a":[1,null],"b":[]}"#) == ["a": [1, nil], "b": []])
        #expect(try read("null") == String?.none)
    }

    @Test("A reader may be used within itself and by many threads at once")
    func shared() async throws {
        let reader = JSONReader()
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<64 {
                group.addTask {
                    try reader.read(from: Array("[\(index),[\(index)]]".utf8)) { json throws(JSONFault) in
                        try json.list { json throws(JSONFault) in
                            let inner = json.source
                            if json.kind == .number { return try reader.read(Int.self, from: inner) }
                            return try reader.read([Int].self, from: inner).count
                        }
                    }.reduce(0, +)
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 64 * 63 / 2 + 64)
    }

    @Test("After a large text and a broken one a reader still reads small ones")
    func reuse() throws {
        let reader = JSONReader()
        for count in [1, 100_000, 3, 300_000, 10] {
            let list = "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]"
            #expect(try reader.read([Int].self, from: list).count == count)
            #expect(throws: JSONFault.self) { try reader.read([Int].self, from: list + "x") }
        }
    }
}
