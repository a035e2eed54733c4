import Basics
import Postgres
import Store
import StoreTestSupport
import Testing

@testable import Commands

@Suite("The program's statements") struct StatementTests {
    @Test("Each fits the schema: its names, its types, and whether NULL may come")
    func fit() async throws {
        try await withSalonDatabase { database, loop in
            let session = try await PostgresSession.connect(database.superuser, on: loop)
            defer { session.close() }
            let found = try await faults(of: ProgramStatements.all, in: session)
            #expect(found == [])
        }
    }

    @Test("One that does not fit is found out")
    func misfits() async throws {
        try await withSalonDatabase { database, loop in
            let session = try await PostgresSession.connect(database.superuser, on: loop)
            defer { session.close() }
            let misfits: [any AnyStatement] = [
                Statement(
                    "wrong_name", .reads, "SELECT nam FROM salons", gives: RowShape(Column("nam", String.self)) { $0 }),
                Statement(
                    "wrong_type", .reads, "SELECT id FROM salons", gives: RowShape(Column("id", Int.self)) { $0 }),
                Statement(
                    "null", .reads, "SELECT handle FROM salons", gives: RowShape(Column("handle", String.self)) { $0 }),
                Statement(
                    "order", .reads, "SELECT name, timezone FROM salons",
                    gives: RowShape(Column("timezone", String.self), Column("name", String.self)) { $0 + $1 }),
                Statement(
                    "parameter", .reads, "SELECT id FROM salons WHERE id = $1", takes: Int.self,
                    gives: RowShape(Column("id", PostgresUUID.self)) { $0 }),
            ]
            let found = try await faults(of: misfits, in: session)
            #expect(
                found == [
                    #"wrong_name: column "nam" does not exist"#, "wrong_type: id is uuid, read as Int",
                    "null: handle can be NULL, read as String",
                    #"order: returns ["name", "timezone"] and ["timezone", "name"] are read"#,
                    "parameter: operator does not exist: uuid = bigint",
                ])
        }
    }

    @Test("Each that stands in the sources is in its list")
    func complete() throws {
        let root = Files.parent(of: Files.parent(of: Files.parent(of: #filePath)))
        var named: Set<String> = []
        for file in try swiftFiles(below: "\(root)/Sources/Application") + swiftFiles(below: "\(root)/Sources/Data") {
            let pieces = try Files.readText(file).split(separator: " = Statement(", omittingEmptySubsequences: false)
            for piece in pieces.dropFirst() {
                named.insert(String(piece.split(separator: "\"", maxSplits: 2)[1]))
            }
        }
        #expect(named == Set(ProgramStatements.all.map(\.name)))
    }

    private func swiftFiles(below folder: String) throws -> [String] {
        try Files.list(folder).flatMap { name in
            let path = "\(folder)/\(name)"
            return name.hasSuffix(".swift") ? [path] : try swiftFiles(below: path)
        }
    }
}
