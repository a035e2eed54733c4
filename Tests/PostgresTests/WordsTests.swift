import Basics
import Testing

@testable import Postgres

@Suite struct WordsTests {
    @Test("Every condition that is named here has the name and the code of PostgreSQL's own list")
    func conditions() throws {
        let list = try Files.readText("/usr/share/postgresql/15/errcodes.txt")
        var known: [String: String] = [:]
        for line in list.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("Section") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count == 4 { known[String(words[0])] = String(words[3]) }
        }
        #expect(known.count > 200)
        for (code, condition) in SQLState.conditions { #expect(known[code] == condition) }
    }

    @Test("An unknown code stands for itself")
    func unknownCode() {
        #expect("\(SQLState("ZZ001"))" == "error ZZ001")
        #expect("\(SQLState.cannotConnectNow)" == "cannot_connect_now (57P03)")
        #expect(SQLState("08999").isTransient)
        #expect(!SQLState.syntaxError.isTransient)
    }

    @Test("A server's answer is preferred to an address where nobody listens, in whatever order they were tried")
    func decisiveReason() {
        let refused = """
            connection to server at "localhost" (::1), port 5432 failed: Connection refused
            \tIs the server running on that host and accepting TCP/IP connections?

            """
        let denied = """
            connection to server at "localhost" (127.0.0.1), port 5432 failed: FATAL:  28P01: Passwort falsch: „ada“
            LOCATION:  auth_failed, auth.c:330

            """
        for text in [refused + denied, denied + refused] {
            let failure = ConnectionFailure(text)
            #expect(failure.sqlState == .invalidPassword)
            #expect(failure.reason == "passwort falsch: „ada“")
        }
        #expect(ConnectionFailure(refused).reason == "connection refused")
        #expect(ConnectionFailure("").reason == "")
        #expect(ConnectionFailure("SSL error: bad\n").reason == "SSL error: bad")
    }

    @Test("A broken connection is explained with libpq's words, and never with the server's")
    func brokenConnection() {
        let text = """
            ERROR:  22P02: invalid input syntax for type integer: "+49 171 5550123"
            server closed the connection unexpectedly
            \tThis probably means the server terminated abnormally
            """
        let error = PostgresError.lost("db:5432", text)
        #expect(
            error.explained.summary
                == "the connection to PostgreSQL at db:5432 broke: server closed the connection unexpectedly")
        #expect(error.debugDescription.contains("5550123"))
    }

    @Test("The variables that libpq knows are known, and those outside its table")
    func environmentNames() {
        let names = ConnectionParameters.environmentNames
        for name in ["PGHOSTADDR", "PGPASSWORD", "PGSERVICE", "PGSERVICEFILE", "PGOPTIONS", "PGTZ", "PGSSLMODE"] {
            #expect(names.contains(name))
        }
    }

    @Test("Parameters are given as keywords and values, and an extra one wins")
    func parameters() throws {
        let options = ConnectionOptions(
            host: "db.example", database: "it's", user: "ada", password: Secret("pass word='x'"),
            parameters: ["application_name": "mine"])
        let pairs = try ConnectionParameters(options, addresses: ["10.0.0.1", "10.0.0.2"]).withArrays {
            keywords, values in
            var pairs: [String: String] = [:]
            var index = 0
            while let keyword = keywords[index], let value = values[index] {
                pairs[String(cString: keyword)] = String(cString: value)
                index += 1
            }
            return pairs
        }
        #expect(pairs["host"] == "db.example,db.example")
        #expect(pairs["hostaddr"] == "10.0.0.1,10.0.0.2")
        #expect(pairs["dbname"] == "it's")
        #expect(pairs["password"] == "pass word='x'")
        #expect(pairs["application_name"] == "mine")
        #expect(pairs["client_encoding"] == "UTF8")
    }

    @Test("An address is written as people write it")
    func addresses() {
        func address(_ host: String) -> String { ConnectionOptions(host: host, database: "d", user: "u").address }
        #expect(address("::1") == "[::1]:5432")
        #expect(address("db") == "db:5432")
        #expect(address("/run/pg") == "/run/pg/.s.PGSQL.5432")
    }
}
