import Basics
import JSONText
import Testing

/// The example of docs/libraries/json.md, as code that is compiled and run.
@Suite struct DocumentationTests {
    struct Guest: JSONReadable {
        let name: String

        init(reading json: inout JSONCursor) throws(JSONFault) { name = try json.required("name") }
    }

    struct Booking: JSONReadable {
        let salon: String
        let minutes: Int
        let guests: [Guest]
        let note: String?

        init(reading json: inout JSONCursor) throws(JSONFault) {
            salon = try json.required("salon")
            minutes = try json.required("minutes") { json throws(JSONFault) in
                let minutes: Int = try json.integer()
                guard (5...480).contains(minutes) else { throw json.fault("a visit takes from 5 to 480 minutes") }
                return minutes
            }
            guests = try json.required("guests")
            note = try json.optional("note")
        }
    }

    private func read(_ text: String) throws -> Booking {
        let bytes = Array(text.utf8)
        let reader = JSONReader()
        let booking = try reader.read(Booking.self, from: bytes)
        return booking
    }

    @Test("The example reads and writes")
    func example() throws {
        let booking = try read(#"{"salon":"Ada","minutes":45,"guests":[{"name":"Eve"}],"note":null}"#)
        var json = JSONAppender()
        json.object { json in
            json.member("salon", booking.salon)
            json.member("guests") { json in
                json.list { json in
                    for guest in booking.guests { json.append(guest.name) }
                }
            }
            json.optionalMember("note", booking.note)
        }
        let response = json.bytes
        #expect(String(decoding: response, as: UTF8.self) == #"{"salon":"Ada","guests":["Eve"]}"#)
    }

    @Test("The fault that the page shows is the one that is thrown")
    func shownFault() throws {
        let fault = try #require(throws: JSONFault.self) {
            try read(#"{"salon": "Ada", "minutes": 45, "guests":[{"name": "Eve"},{"name":7}]}"#)
        }
        #expect(try page().contains(fault.description), "\(fault)")
    }

    @Test("Every line of code on the page stands in this file")
    func lines() throws {
        let code = Set(try Files.readText(#filePath).split(separator: "\n").map { $0.drop { $0 == " " } })
        let blocks = try page().split(separator: "```").filter { $0.hasPrefix("swift\n") }
        #expect(blocks.count == 3)
        for line in blocks.flatMap({ $0.split(separator: "\n").dropFirst() }) {
            #expect(code.contains(line.drop { $0 == " " }), "\(line)")
        }
    }

    private func page() throws(ParlorError) -> String {
        let root = Files.parent(of: Files.parent(of: Files.parent(of: #filePath)))
        return try Files.readText("\(root)/docs/libraries/json.md")
    }
}
