import Basics
import JSONText
import TestSupport
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
        #expect(try DocumentedCode("libraries/json.md").text.contains(fault.description), "\(fault)")
    }

    @Test("Every line of Swift on the page stands in this file")
    func lines() throws {
        let page = try DocumentedCode("libraries/json.md")
        #expect(page.count == 3)
        #expect(try page.linesMissing() == [])
    }
}
