import Testing

@testable import ObjectStorage

/// Listings of every storage.
@Suite struct ListingTests {
    private static let names: [ObjectName] = [
        "a", "a-1", "a/1", "a/2", "a/b/1", "a/b/2", "a0", "b/1", "c/d/e/f", "z", "é/1",
    ]

    private func lines(_ storage: any ObjectStorage, _ query: ObjectQuery) async throws -> [String] {
        var lines: [String] = []
        for try await entry in storage.list(query) {
            switch entry {
            case .object(let object): lines.append(object.name.text)
            case .prefix(let prefix): lines.append("(\(prefix))")
            }
        }
        return lines
    }

    @Test("Prefixes, delimiters and pages give the same lines everywhere", arguments: TestedStorage.both)
    func listings(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            for name in Self.names.shuffled() { try await storage.write(name, [1]) }
            let cases: [(ObjectQuery, [String])] = [
                (ObjectQuery(), Self.names.map(\.text)),
                (ObjectQuery(prefix: "a/"), ["a/1", "a/2", "a/b/1", "a/b/2"]),
                (ObjectQuery(prefix: "a"), ["a", "a-1", "a/1", "a/2", "a/b/1", "a/b/2", "a0"]),
                (ObjectQuery(delimiter: "/"), ["a", "a-1", "(a/)", "a0", "(b/)", "(c/)", "z", "(é/)"]),
                (ObjectQuery(prefix: "a/", delimiter: "/"), ["a/1", "a/2", "(a/b/)"]),
                (ObjectQuery(prefix: "a", delimiter: "/"), ["a", "a-1", "(a/)", "a0"]),
                (ObjectQuery(prefix: "c/d/", delimiter: "/"), ["(c/d/e/)"]),
                (ObjectQuery(prefix: "no"), []),
                (ObjectQuery(after: "a/2"), ["a/b/1", "a/b/2", "a0", "b/1", "c/d/e/f", "z", "é/1"]),
                (ObjectQuery(prefix: "a/", after: "a/b"), ["a/b/1", "a/b/2"]),
                (ObjectQuery(after: "a/1z"), ["a/2", "a/b/1", "a/b/2", "a0", "b/1", "c/d/e/f", "z", "é/1"]),
            ]
            for (query, expected) in cases {
                for pageSize in [2, 1000] {
                    var query = query
                    query.pageSize = pageSize
                    #expect(try await lines(storage, query) == expected, "\(query)")
                }
            }
        }
    }

    @Test("A page says where the next one begins, and the last one does not", arguments: TestedStorage.both)
    func pages(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            for name in Self.names.prefix(4) { try await storage.write(name, [1]) }
            var query = ObjectQuery()
            query.pageSize = 3
            let first = try await storage.page(query, continuing: nil)
            #expect(first.entries.count == 3 && first.continuation != nil)
            let second = try await storage.page(query, continuing: first.continuation)
            #expect(second.entries.count == 1 && second.continuation == nil)
        }
    }
}
