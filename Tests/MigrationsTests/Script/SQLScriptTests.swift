import Testing

@testable import Migrations

@Suite("A script of SQL is cut as psql cuts it") struct SQLScriptTests {
    private func texts(_ script: String) throws -> [String] { try SQLScript(script).statements.map(\.text) }

    @Test("Semicolons end statements, and nothing but comments is no statement")
    func plain() throws {
        #expect(try texts("SELECT 1; SELECT 2") == ["SELECT 1", "SELECT 2"])
        #expect(try texts("\n-- only words;\n;;/* and /* more */; */ ").isEmpty)
        #expect(try texts("") == [])
    }

    @Test(
        "A semicolon inside of something belongs to it",
        arguments: [
            "SELECT 'a;''b;'", #"SELECT E'it\';s'"#, #"SELECT "a;""b""#, "SELECT $$a;$b$;$$", "SELECT $body$;$$;$body$",
            "SELECT 1 -- one;\n + 2", "SELECT 1 /* a; /* b; */ c; */ + 2", "SELECT U&'d\\0061;'", "SELECT $1::text",
            "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
        ])
    func inside(statement: String) throws {
        #expect(try texts("\(statement); SELECT 2") == [statement, "SELECT 2"])
    }

    @Test("Words come in lower case, quoted names without quotes, and each token knows its line")
    func tokens() throws {
        let statement = try #require(
            try SQLScript("ALTER Table\n \"My\"\"Table\" ADD x1 int DEFAULT 1.5e-3").statements.first)
        #expect(
            statement.tokens.map(\.text) == ["alter", "table", "My\"Table", "add", "x1", "int", "default", "1.5e-3"])
        #expect(statement.tokens.map(\.line) == [1, 1, 2, 2, 2, 2, 2, 2])
        #expect(statement.begins(with: "alter", "table"))
        #expect(statement.tokens[2].kind == .quotedName)
    }

    @Test("Comments go to the statement that they stand before or in")
    func comments() throws {
        let statements = try SQLScript("-- first\nSELECT 1; -- second\n/* third */ SELECT 2").statements
        #expect(statements.map(\.comments) == [["-- first"], ["-- second", "/* third */"]])
        #expect(statements.map(\.line) == [2, 3])
    }

    @Test(
        "What does not end is told with its line",
        arguments: [
            ("SELECT\n 'a", "a text that begins in line 2 does not end"),
            ("\n\nSELECT \"a", "a quoted name that begins in line 3 does not end"),
            ("/* a /* b */", "a comment that begins in line 1 does not end"),
            ("SELECT $x$ a", "a text between $x$ signs that begins in line 1 does not end"),
        ])
    func unended(script: String, fault: String) {
        let thrown = #expect(throws: SQLScriptFault.self) { try SQLScript(script) }
        #expect(thrown?.description == fault)
    }
}
