import Basics
import JSONText
import Testing

@Suite struct RulesTests {
    private func nested(_ depth: Int, _ open: String = "[", _ close: String = "]") -> String {
        String(repeating: open, count: depth) + String(repeating: close, count: depth)
    }

    @Test("Nesting goes to 128 levels and no deeper, unless the rules say otherwise", arguments: [1, 2, 128, 1024])
    func depth(limit: Int) throws {
        let rules = limit == 128 ? JSONRules() : JSONRules(depthMax: limit)
        #expect(firstFault(in: nested(limit).utf8, rules) == nil)
        let fault = try #require(firstFault(in: nested(limit + 1).utf8, rules))
        #expect(fault.code == .tooDeep && fault.position.offset == limit)
        #expect(fault.what == "the text is nested too deep")
    }

    @Test("Only what is open counts as depth")
    func wide() {
        let row = "[" + String(repeating: "[],{},", count: 500) + "[]]"
        #expect(firstFault(in: row.utf8, JSONRules(depthMax: 2)) == nil)
        #expect(
            firstFault(in: #"{"a":{"b":[]}}"#.utf8, JSONRules(depthMax: 2))?.path.steps == [.member("a"), .member("b")])
    }

    @Test("A tree of the greatest depth can be read and written")
    func deepTree() throws {
        let text = nested(512, #"[{"a":"#, "}]").replacing(#"{"a":}"#, with: "{}")
        let tree = try JSONReader(JSONRules(depthMax: 1024)).tree(from: Array(text.utf8))
        #expect(String(decoding: JSONAppender.bytes(of: tree), as: UTF8.self) == text)
    }

    @Test("A text is refused when it is larger than the rules allow")
    func size() throws {
        let rules = JSONRules(sizeMax: ByteCount(8))
        #expect(firstFault(in: "[1,2,33]".utf8, rules) == nil)
        #expect(
            firstFault(in: "[1,2,333]".utf8, rules)?.description
                == "the text is larger than 8 bytes, at $ (line 1, column 1, byte 0)")
    }

    @Test(
        "A name that stands twice is refused at its second place",
        arguments: [
            (#"{"a":1,"a":2}"#, 7, "$.a"), (#"{"a":1,"b":{"c":1,"c":2}}"#, 18, "$.b.c"),
            (#"{"a":1,"\u0061":2}"#, 7, "$.a"), (#"{"\u0061":1,"a":2}"#, 12, "$.a"), (#"{"":1,"":2}"#, 6, "$[…]"),
            (#"{"\u0061":1,"b":0,"\u0061":2}"#, 18, "$.a"), (#"[{"x":[],"y":{},"x":{}}]"#, 16, "$[0].x"),
        ])
    func duplicates(text: String, offset: Int, path: String) throws {
        let fault = try #require(firstFault(in: text.utf8))
        #expect(fault.code == .duplicateMember && fault.position.offset == offset && fault.path.description == path)
    }

    @Test("In a large object the first name that repeats another is named", arguments: [15, 16, 17, 18, 1000])
    func largeObject(count: Int) throws {
        let names = (0..<count).map { "\"name\($0 * 7919 % 1009)\":\($0)" }
        #expect(firstFault(in: "{\(names.joined(separator: ","))}".utf8) == nil)
        for (first, second) in [(0, count), (count / 2, count), (count - 1, count)] {
            var all = names
            all.insert(names[first].replacing("name", with: "\\u006eame"), at: second)
            all.append(names[first])
            let fault = try #require(firstFault(in: "{\(all.joined(separator: ","))}".utf8))
            #expect(fault.position.offset == all[..<second].reduce(1) { $0 + $1.utf8.count + 1 })
        }
    }

    @Test("The first or the last member of a name counts when the rules say so")
    func chosen() throws {
        let text = #"{"a":1,"b":{"x":1,"x":2},"\u0061":[],"c":3,"a":"last"}"#
        let first = try JSONReader(JSONRules(duplicates: .firstCounts)).tree(from: Array(text.utf8))
        #expect(first == ["a": 1, "b": ["x": 1], "c": 3])
        let last = try JSONReader(JSONRules(duplicates: .lastCounts)).tree(from: Array(text.utf8))
        #expect(last == ["b": ["x": 2], "c": 3, "a": "last"])
        let wide = "{" + (0..<100).map { "\"n\($0 % 40)\":\($0)" }.joined(separator: ",") + "}"
        let kept = try JSONReader(JSONRules(duplicates: .lastCounts)).read([String: Int].self, from: wide)
        #expect(kept.count == 40 && kept["n0"] == 80 && kept["n20"] == 60 && kept["n39"] == 79)
    }

    @Test("A shadowed member cannot be asked for either")
    func asked() throws {
        let reader = JSONReader(JSONRules(duplicates: .lastCounts))
        let value = try reader.read(from: Array(#"{"a":1,"a":2}"#.utf8)) { json throws(JSONFault) in
            try json.required("a", as: Int.self)
        }
        #expect(value == 2)
    }
}
