import Basics
import Configuration
import HTTP
import Testing

@testable import API

@Suite("Bookings over HTTP") struct BookingEndpointTests {
    /// A service of a quarter of an hour that one chair gives, by day and by night.
    private struct Shop {
        let api: TestedAPI
        let service: String
        let chair: String

        var bookings: String { "\(api.salon)/bookings" }

        static func open(_ api: TestedAPI) async throws -> Shop {
            let service = try await api.send(
                .post, "\(api.salon)/services", ["name": "Cut", "duration_minutes": 15])
            let chair = try await api.send(.post, "\(api.salon)/resources", ["kind": "CHAIR", "name": "Left"])
            let (serviceID, chairID) = (
                try #require(try service.json()["id"]?.text), try #require(try chair.json()["id"]?.text)
            )
            try await api.send(
                .put, "\(api.salon)/services/\(serviceID)/resources", ["resource_ids": [.string(chairID)]])
            for day in 1...7 {
                try await api.send(
                    .post, "\(api.salon)/opening-hours",
                    ["weekday": .integer(day), "opens": "00:00", "closes": "24:00"])
            }
            return Shop(api: api, service: serviceID, chair: chairID)
        }

        /// The first free ones a day from now, so that none of them is over before it is asked for.
        func slots(_ limit: Int = 3) async throws -> [JSON] {
            let path = "\(api.salon)/services/\(service)/free-slots"
            let tomorrow = Timestamp.now() + .seconds(86_400)
            return try await api.get("\(path)?limit=\(limit)&from=\(tomorrow.rfc3339)").json()["items"]?.elements ?? []
        }

        func book(
            _ start: JSON?, _ more: [JSON.Member] = [], headers: HTTPHeaders = [:]
        ) async throws -> HTTPResponse {
            var members: [JSON.Member] = [.init("service_id", .string(service))] + more
            if let start { members.append(.init("starts_at", start)) }
            return try await api.send(.post, bookings, .object(members), headers: headers)
        }

        func step(_ name: String, _ response: HTTPResponse, _ body: JSON? = nil) async throws -> HTTPResponse {
            let id = try #require(try response.json()["id"]?.text)
            let tag = try #require(response.headers["ETag"])
            return try await api.send(.post, "\(bookings)/\(id)/\(name)", body, headers: ["If-Match": tag])
        }
    }

    @Test("A free time is booked, shown, moved, and called off, by the version that was seen")
    func life() async throws {
        try await TestedAPI.run { api in
            let shop = try await Shop.open(api)
            let slots = try await shop.slots()
            #expect(slots.count == 3)
            let made = try await shop.book(slots[0]["starts_at"], [.init("phone_number", "+4930901820")])
            #expect(made.status == .created && made.headers["Location"] != nil)
            let booking = try made.json()
            #expect(booking["status"] == "CONFIRMED" && booking["source"] == "staff")
            #expect(booking["resource_ids"] == [.string(shop.chair)])
            #expect(booking["local_start"] == slots[0]["local_start"])
            let path = try #require(made.headers["Location"])
            #expect(try await api.get(path).json() == booking)
            let code = try #require(booking["code"]?.text)
            let byCode = try await api.get("\(api.salon)/booking-codes/\(code.lowercased())")
            #expect(try byCode.json() == booking)
            #expect(try await api.get("\(api.salon)/booking-codes/nothing").status == .notFound)

            #expect(try await api.send(.post, "\(path)/cancel").status == .preconditionRequired)
            let moved = try await shop.step(
                "reschedule", made, ["local_start": slots[1]["local_start"] ?? .null])
            #expect(try moved.status == .ok && moved.json()["starts_at"] == slots[1]["starts_at"])
            #expect(try await shop.step("cancel", made).status == .preconditionFailed, "it has another version now")
            let early = try await shop.step("complete", moved)
            #expect(try early.status == .conflict && early.json()["reason"] == "not_begun")
            let cancelled = try await shop.step("cancel", moved)
            #expect(try cancelled.status == .ok && cancelled.json()["status"] == "CANCELLED")
            let again = try await shop.step("cancel", cancelled)
            #expect(try again.status == .conflict && again.json()["reason"] == "cancelled")
        }
    }

    @Test("Who asks for a time that is taken is told the next ones; it is held by one, and confirmed")
    func conflicts() async throws {
        try await TestedAPI.run { api in
            let shop = try await Shop.open(api)
            let slots = try await shop.slots()
            let held = try await shop.book(slots[0]["starts_at"], [.init("hold_minutes", 5)])
            #expect(try held.status == .created && held.json()["status"] == "HELD")
            let refused = try await shop.book(slots[0]["starts_at"])
            #expect(refused.status == .conflict)
            let problem = try refused.json()
            #expect(problem["reason"] == "taken" && problem["free_slots"]?.elements?.count == 5)
            let next = try #require(problem["free_slots"]?.elements?.first)
            #expect(try await shop.book(next["starts_at"]).status == .created)
            #expect(try await shop.step("miss", held).status == .conflict, "it was never confirmed")
            let confirmed = try await shop.step("confirm", held)
            #expect(try confirmed.status == .ok && confirmed.json()["status"] == "CONFIRMED")
        }
    }

    @Test("The same key and body book once, whoever else uses the key; with another body it is refused")
    func repetition() async throws {
        try await TestedAPI.run { api in
            let shop = try await Shop.open(api)
            let slots = try await shop.slots()
            let once: HTTPHeaders = ["Idempotency-Key": "a-visit"]
            let first = try await shop.book(slots[0]["starts_at"], headers: once)
            let second = try await shop.book(slots[0]["starts_at"], headers: once)
            #expect(first.status == .created && second.status == .created)
            #expect(try first.json()["id"] == second.json()["id"])
            #expect(second.headers["Idempotent-Replayed"] == "true" && !first.headers.has("Idempotent-Replayed"))
            let other = try await shop.book(slots[1]["starts_at"], headers: once)
            #expect(try other.status == .unprocessableContent && other.json()["reason"] == "key_reused")
            let body: JSON = [
                "service_id": .string(shop.service), "starts_at": slots[2]["starts_at"] ?? .null,
            ]
            let manager = try await api.send(.post, shop.bookings, as: .manager, body, headers: once)
            #expect(try manager.status == .created && manager.json()["id"] != first.json()["id"])
            #expect(try await api.sql("SELECT count(*)::text FROM bookings") == ["2"])
        }
    }

    @Test("What the rules refuse is refused with its reason, and with its place in the body")
    func refusals() async throws {
        try await TestedAPI.run { api in
            let shop = try await Shop.open(api)
            let slots = try await shop.slots()
            let start = try #require(slots[0]["starts_at"])
            func reason(_ members: JSON) async throws -> String {
                let response = try await api.send(.post, shop.bookings, members)
                #expect(response.status == .unprocessableContent)
                let json = try response.json()
                let pointer = json["errors"]?.elements?.first?["pointer"]?.text ?? "-"
                return "\(json["reason"]?.text ?? "-") \(pointer)"
            }
            let service = JSON.string(shop.service)
            // The clocks of Berlin are put forward at two on the last Sunday of March.
            #expect(
                try await reason(["service_id": service, "local_start": "2027-03-28T02:30"]) == "gap /local_start")
            #expect(
                try await reason(["service_id": service, "local_start": "2199-03-28T12:30"]) == "too_far /local_start")
            #expect(
                try await reason(["service_id": service, "starts_at": "1999-03-28T12:30:00Z"]) == "too_soon /starts_at")
            #expect(
                try await reason(["service_id": .string(shop.chair), "starts_at": start]) == "no_service /service_id")
            #expect(
                try await reason(["service_id": service, "starts_at": start, "customer_id": service])
                    == "no_customer /customer_id")
            let offStep = "\(try #require(slots[0]["local_start"]?.text).dropLast(4))1"
            #expect(
                try await reason(["service_id": service, "local_start": .string(offStep)]).hasSuffix(" /local_start"))
            #expect(try await reason(["service_id": service]) == "- ")
            #expect(
                try await reason(["service_id": service, "starts_at": start, "local_start": "2027-01-01T10:00"]) == "- "
            )
            let (customer, number): (JSON, JSON) = (service, "+4930901820")
            #expect(
                try await reason([
                    "service_id": service, "starts_at": start, "customer_id": customer, "phone_number": number,
                ]) == "- ")
            #expect(try await reason(["service_id": service, "local_start": "2027-02-30T10:00"]) == "- /local_start")
            #expect(try await api.sql("SELECT count(*)::text FROM bookings") == ["0"])
        }
    }

    @Test("Lists come in pages and by filters, the day's calendar by the salon's clocks")
    func lists() async throws {
        try await TestedAPI.run { api in
            let shop = try await Shop.open(api)
            let slots = try await shop.slots(5)
            for slot in slots { #expect(try await shop.book(slot["starts_at"]).status == .created) }
            var path: String? = "\(shop.bookings)?limit=2&status=CONFIRMED&resource_id=\(shop.chair)"
            var starts: [JSON?] = []
            while let next = path {
                let page = try await api.get(next).json()
                starts += page["items"]?.elements?.map { $0["starts_at"] } ?? []
                path = page["next"]?.text
            }
            #expect(starts == slots.map { $0["starts_at"] })
            for (query, count) in [
                ("status=HELD", 0), ("customer_id=\(shop.chair)", 0), ("resource_id=\(shop.service)", 0),
                ("from=\(try #require(slots[3]["starts_at"]?.text))", 2),
                ("until=\(try #require(slots[1]["starts_at"]?.text))", 1),
            ] {
                #expect(
                    try await api.get("\(shop.bookings)?\(query)").json()["items"]?.elements?.count == count, "\(query)"
                )
            }
            let days = Set(slots.compactMap { $0["local_start"]?.text?.prefix(10) })
            var found = 0
            for day in days {
                let calendar = try await api.get("\(api.salon)/calendar/\(day)?resource_id=\(shop.chair)").json()
                found += calendar["items"]?.elements?.count ?? 0
            }
            #expect(found == 5)
            #expect(try await api.get("\(api.salon)/calendar/2027-02-29").status == .notFound)
        }
    }

    @Test("A booking and a feed of them are calendar texts")
    func calendars() async throws {
        try await TestedAPI.run { api in
            let shop = try await Shop.open(api)
            let made = try await shop.book(try await shop.slots()[0]["starts_at"], [.init("name", "Zoe; Ada")])
            let path = try #require(made.headers["Location"])
            let id = try #require(try made.json()["id"]?.text)
            for calendar in [try await api.get("\(path)/calendar"), try await api.get("\(api.salon)/calendar-feed")] {
                #expect(calendar.status == .ok && calendar.headers["Content-Type"] == "text/calendar; charset=utf-8")
                #expect(calendar.text.hasPrefix("BEGIN:VCALENDAR\r\n") && calendar.text.hasSuffix("END:VCALENDAR\r\n"))
                #expect(calendar.text.contains("UID:\(id)@parlor.invalid\r\n"))
                #expect(calendar.text.contains("SUMMARY:Cut\\, Zoe\\; Ada\r\n"))
            }
        }
    }

    @Test("Notes are sealed, shown for themselves, and not taken where there is no key")
    func notes() async throws {
        try await TestedAPI.run { api in
            let shop = try await Shop.open(api)
            let refused = try await shop.book(try await shop.slots()[0]["starts_at"], [.init("notes", "allergic")])
            #expect(refused.status == .serviceUnavailable)
            #expect(try await api.sql("SELECT count(*)::text FROM bookings") == ["0"])
        }
        let secret = "0123456789abcdefghijklmnopqrstuv"
        try await TestedAPI.run(configure: { $0.sealing.keys = SealingSecrets("1=\(secret)") }) { api in
            let shop = try await Shop.open(api)
            let made = try await shop.book(try await shop.slots()[0]["starts_at"], [.init("notes", "allergic")])
            let path = try #require(made.headers["Location"])
            #expect(made.status == .created && !made.text.contains("allergic"))
            #expect(try await api.get("\(path)/notes").json() == ["notes": "allergic"])
            #expect(
                try await api.sql("SELECT count(*)::text FROM bookings WHERE notes::text LIKE '%allergic%'") == ["0"])
        }
    }

    @Test("Who waits is in the line until they are withdrawn; days and times have to be in order")
    func waiting() async throws {
        try await TestedAPI.run { api in
            let shop = try await Shop.open(api)
            let customer = try await api.send(.post, "\(api.salon)/customers", ["name": "Zoe"])
            let id = try #require(try customer.json()["id"])
            let line = "\(api.salon)/waiting-list"
            let wish: JSON = [
                "customer_id": id, "service_id": .string(shop.service), "first_day": "2027-01-04",
                "last_day": "2027-01-08", "earliest": "09:30",
            ]
            let once: HTTPHeaders = ["Idempotency-Key": "zoe"]
            let entered = try await api.send(.post, line, wish, headers: once)
            #expect(entered.status == .created)
            #expect(try await api.send(.post, line, wish, headers: once).json() == entered.json())
            let entry = try entered.json()
            #expect(entry["earliest"] == "09:30" && entry["latest"] == .null && entry["status"] == "WAITING")
            #expect(try await api.get(line).json()["items"] == [entry])
            let path = try #require(entered.headers["Location"])
            #expect(try await api.get(path).json() == entry)
            #expect(try await api.send(.delete, path).status == .noContent)
            #expect(try await api.send(.delete, path).status == .notFound)
            #expect(try await api.get(line).json()["items"] == [])
            #expect(try await api.get("\(line)?status=WITHDRAWN").json()["items"]?.elements?.count == 1)

            func refused(_ name: String, _ value: JSON) async throws -> String? {
                guard case .object(var members) = wish else { return nil }
                members.removeAll { $0.name == name }
                let response = try await api.send(.post, line, .object(members + [.init(name, value)]))
                #expect(response.status == .unprocessableContent)
                return try response.json()["errors"]?.elements?.first?["pointer"]?.text
            }
            #expect(try await refused("last_day", "2027-01-03") == "")
            #expect(try await refused("latest", "09:00") == "")
            #expect(try await refused("customer_id", .string(shop.chair)) == "/customer_id")
            #expect(try await refused("service_id", .string(shop.chair)) == "/service_id")
            #expect(try await refused("resource_id", .string(shop.service)) == "/resource_id")
        }
    }
}
