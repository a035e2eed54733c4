import Basics
import JSONText
import Testing

@Suite struct PositionTests {
    @Test("A fault has the byte, the line, the column in scalars and the path")
    func places() throws {
        let text = "{\n  \"entry\": [ {\"changes\": [1, 2, {\"value\": \"é日😀\", \"x\": tru }]} ]\n}"
        let fault = try #require(firstFault(in: text.utf8))
        #expect(fault.path.steps == [.member("entry"), .element(0), .member("changes"), .element(2), .member("x")])
        #expect(fault.position.line == 2)
        let line = try #require(text.split(separator: "\n").dropFirst().first)
        let before = try #require(line.firstRange(of: "tru"))
        #expect(fault.position.column == line[..<before.lowerBound].unicodeScalars.count + 1)
        #expect(fault.position.offset == 2 + line[..<before.lowerBound].utf8.count)
    }

    @Test("A value of another kind is described with its place")
    func wrongType() throws {
        let text = #"{"entry":[{"id":"a"},{"id": 7}]}"#
        let fault = try #require(
            firstFault(reading: text) { json throws(JSONFault) in
                try json.required("entry") { json throws(JSONFault) in
                    try json.list { json throws(JSONFault) in try json.required("id", as: String.self) }
                }
            })
        #expect(
            fault.description
                == "a text is expected where a number stands, at $.entry[1].id (line 1, column 29, byte 28)")
        #expect(fault.code == .wrongType && !fault.concernsText)
    }

    @Test("A missing member is described with its path and the place of its object")
    func missing() throws {
        let fault = try #require(
            firstFault(reading: #"[1, {"a": {"b": 1}}]"#) { json throws(JSONFault) in
                try json.elements { json throws(JSONFault) in
                    guard json.kind == .object else { return }
                    try json.required("a") { json throws(JSONFault) in _ = try json.required("c", as: Int.self) }
                }
            })
        #expect(fault.description == "a member is missing, at $[1].a.c (line 1, column 11, byte 10)")
        #expect(fault.code == .missingMember)
    }

    @Test("Names that could be data are shown only to the person who debugs")
    func privacy() throws {
        let fault = try #require(
            firstFault(in: #"{"customers":{"+49 170 1234567":{"a b":[01]}}}"#.utf8))
        #expect(fault.path.description == "$.customers[…][…][0]")
        #expect(fault.path.debugDescription == #"$.customers["+49 170 1234567"]["a b"][0]"#)
        #expect(!fault.description.contains("170") && !fault.explained.description.contains("170"))
        #expect(fault.explained.debugDescription.contains("+49 170 1234567"))
    }

    @Test("The error for people says what it was about")
    func explained() throws {
        let fault = try #require(firstFault(in: "[1,]".utf8))
        #expect(
            fault.explained.description
                == "this JSON cannot be read: a value cannot begin like this, at $[1] (line 1, column 4, byte 3)")
        #expect(fault.explained.code == .malformed)
    }

    @Test("A caller's own rule gets the place of the value")
    func ownRule() throws {
        let fault = try #require(
            firstFault(reading: #"{"age": -1}"#) { json throws(JSONFault) in
                try json.required("age") { json throws(JSONFault) in
                    guard try json.integer() >= 0 else { throw json.fault("nobody is younger than that") }
                }
            })
        #expect(fault.description == "nobody is younger than that, at $.age (line 1, column 9, byte 8)")
        #expect(fault.code == .unacceptable)
    }

    @Test("Names in a path have their escapes undone")
    func escapedNames() throws {
        let fault = try #require(firstFault(in: #"{"\u0061b":[x]}"#.utf8))
        #expect(fault.path.steps == [.member("ab"), .element(0)])
    }
}
