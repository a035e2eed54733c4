import Basics
import Configuration
import HTTP
import JSONText
import Loop
import Telemetry
import Testing

@testable import API

@Suite("The OpenAPI document") struct DocumentTests {
    private let document = RestAPI.specification.json

    private var operations: [(path: String, method: String, operation: JSON)] {
        guard case .object(let paths)? = document["paths"] else { return [] }
        return paths.flatMap { path -> [(path: String, method: String, operation: JSON)] in
            guard case .object(let members) = path.value else { return [] }
            return members.filter { $0.name != "parameters" }.map { (path.name, $0.name.uppercased(), $0.value) }
        }
    }

    @Test("It has exactly the routes that are served under /v1")
    func routes() async throws {
        let served = try await EventLoop.onThread { loop in
            try await Service(
                Configuration(database: .nowhere), logger: Logger(label: "service", level: .error, sink: MemorySink()),
                on: LoopGroup(of: loop)
            ).router.routes.filter { $0.pattern.description.hasPrefix("/v1") }.map(\.description)
        }
        #expect(Set(served) == Set(operations.map { "\($0.method) \($0.path)" }))
        #expect(served.count == operations.count && !served.isEmpty)
    }

    @Test("Every reference leads somewhere, and every operation has a name of its own")
    func references() throws {
        #expect(broken(document) == [])
        let names = operations.compactMap { $0.operation["operationId"]?.text }
        #expect(Set(names).count == operations.count)
        for (path, method, operation) in operations {
            #expect(operation["summary"]?.text?.hasSuffix(".") == true, "\(method) \(path)")
        }
    }

    private func broken(_ json: JSON) -> [String] {
        switch json {
        case .object(let members):
            members.flatMap { member -> [String] in
                guard member.name == "$ref", let text = member.value.text else { return broken(member.value) }
                let target = text.dropFirst(2).split(separator: "/").reduce(document as JSON?) { $0?[String($1)] }
                return target == nil ? [text] : []
            }
        case .array(let elements): elements.flatMap(broken)
        default: []
        }
    }

    @Test("It is served to anybody, and is what the tests hold answers against")
    func served() async throws {
        try await TestedAPI.run { api in
            let response = try await api.get("/v1/openapi.json", as: .nobody)
            #expect(response.status == .ok)
            #expect(try response.json() == document)
        }
    }

    @Test("The validator of the tests finds what is wrong")
    func validator() {
        let schema: JSON = [
            "type": "object", "additionalProperties": false, "required": ["name"],
            "properties": [
                "name": ["type": "string", "minLength": 2, "pattern": "^a"],
                "count": ["type": "integer", "maximum": 3],
                "list": ["type": "array", "items": ["enum": ["x"]]],
            ],
        ]
        let validator = SchemaValidator(document: document)
        #expect(validator.faults(["name": "ab", "count": 3, "list": ["x"]], schema) == [])
        let wrong: [JSON] = [
            [:], ["name": "a"], ["name": "bb"], ["name": "ab", "count": 4], ["name": "ab", "count": "3"],
            ["name": "ab", "list": ["y"]], ["name": "ab", "more": 1], ["name": .null], [],
        ]
        for value in wrong { #expect(!validator.faults(value, schema).isEmpty, "\(value)") }
    }
}
