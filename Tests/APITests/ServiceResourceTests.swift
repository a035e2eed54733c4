import Basics
import HTTP
import Testing

@testable import API

@Suite("A salon's services") struct ServiceResourceTests {
    private static let cut: JSON = ["name": "Cut", "duration_minutes": 45, "price": "25.50"]

    @Test("One is made, shown, changed and removed, with its version as its ETag")
    func life() async throws {
        try await TestedAPI.run { api in
            let made = try await api.send(.post, "\(api.salon)/services", Self.cut)
            #expect(made.status == .created && made.headers["ETag"] == "\"1\"")
            let path = try #require(made.headers["Location"])
            let service = try made.json()
            #expect(service["price"] == "25.50" && service["buffer_after_minutes"] == 0 && service["category"] == .null)
            let shown = try await api.get(path)
            #expect(try shown.status == .ok && shown.json() == service && shown.headers["ETag"] == "\"1\"")
            let changed = try await api.send(
                .patch, path, ["description": "With a wash", "price": .null], headers: ["If-Match": "\"1\""])
            #expect(changed.status == .ok && changed.headers["ETag"] == "\"2\"")
            let after = try changed.json()
            #expect(after["name"] == "Cut" && after["description"] == "With a wash" && after["price"] == .null)
            #expect(try await api.send(.delete, path, headers: ["If-Match": "\"1\""]).status == .preconditionFailed)
            #expect(try await api.send(.delete, path, headers: ["If-Match": "\"2\""]).status == .noContent)
            #expect(try await api.get(path).status == .notFound)
            #expect(try await api.send(.delete, path).status == .notFound)
        }
    }

    @Test("A change needs the version that it is of, and is refused when there is a newer one")
    func concurrency() async throws {
        try await TestedAPI.run { api in
            let path = try #require(
                try await api.send(.post, "\(api.salon)/services", Self.cut).headers["Location"])
            #expect(try await api.send(.patch, path, ["name": "Trim"]).status == .preconditionRequired)
            let first = try await api.send(.patch, path, ["name": "Trim"], headers: ["If-Match": "\"1\""])
            #expect(first.status == .ok)
            for tag in ["\"1\"", "\"x\"", "W/\"9\"", "\"1\", \"7\""] {
                let stale = try await api.send(.patch, path, ["name": "Late"], headers: ["If-Match": tag])
                #expect(stale.status == .preconditionFailed, "\(tag)")
            }
            #expect(try await api.send(.patch, path, ["name": "x"], headers: ["If-Match": "1"]).status == .badRequest)
            #expect(try await api.send(.patch, path, ["name": "Any"], headers: ["If-Match": "*"]).status == .ok)
            let known = try await api.get(path, headers: ["If-None-Match": "\"3\""])
            #expect(known.status == .notModified && known.body.isEmpty && known.headers["ETag"] == "\"3\"")
            #expect(try await api.get(path, headers: ["If-None-Match": "\"2\""]).status == .ok)
        }
    }

    @Test("All that is wrong with a body is told together, each with its place")
    func faults() async throws {
        try await TestedAPI.run { api in
            let response = try await api.send(
                .post, "\(api.salon)/services",
                ["name": "", "price": "1.234", "is_active": "yes", "salon_id": "x", "currency": "euro"])
            #expect(response.status == .unprocessableContent)
            let errors = try response.json()["errors"]?.elements ?? []
            #expect(
                errors.compactMap { $0["pointer"]?.text } == [
                    "/salon_id", "/name", "/duration_minutes", "/price", "/currency", "/is_active",
                ])
            let details = errors.compactMap { $0["detail"]?.text }
            #expect(details.contains("is not known here"))
            let twice = try await api.send(.post, "\(api.salon)/services", Self.cut)
            #expect(twice.status == .created)
            let conflict = try await api.send(.post, "\(api.salon)/services", Self.cut)
            #expect(conflict.status == .conflict)
            #expect(try conflict.json()["detail"] == "there is a service of this name")
        }
    }

    @Test("Who can give a service is set as a whole, and only to resources of the salon")
    func resources() async throws {
        try await TestedAPI.run { api in
            let path = try #require(
                try await api.send(.post, "\(api.salon)/services", Self.cut).headers["Location"])
            let chair = try #require(
                await api.sql(
                    "INSERT INTO resources (salon_id, kind, name) VALUES ($1, 'CHAIR', 'Left') RETURNING id::text",
                    "\(api.salons[0])"
                ).first)
            let foreign = try #require(
                await api.sql(
                    "INSERT INTO resources (salon_id, kind, name) VALUES ($1, 'CHAIR', 'Theirs') RETURNING id::text",
                    "\(api.salons[1])"
                ).first)
            let set = try await api.send(.put, "\(path)/resources", ["resource_ids": [.string(chair)]])
            #expect(try set.status == .ok && set.json()["resource_ids"] == [.string(chair)])
            #expect(set.headers["ETag"] == "\"2\"")
            let refused = try await api.send(.put, "\(path)/resources", ["resource_ids": [.string(foreign)]])
            #expect(refused.status == .unprocessableContent)
            #expect(try refused.json()["errors"]?.elements?.first?["pointer"] == "/resource_ids")
            let none = try await api.send(.put, "\(path)/resources", ["resource_ids": []])
            #expect(try none.json()["resource_ids"] == [])
        }
    }
}
