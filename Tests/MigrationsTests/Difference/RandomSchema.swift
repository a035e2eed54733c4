import TestSupport

/// A schema of random objects, as the statements that make it. Names come from small pools, so that two schemas have
/// much in common and differ in everything that can differ.
struct RandomSchema {
    private(set) var statements: [String] = []
    private var generator: SeededGenerator
    private var keys: [String: String] = [:]
    private var moods: [String] = []
    private var hasDomain = false
    private var plainFunctions = false

    init(_ generator: inout SeededGenerator) {
        self.generator = generator
        makeTypes()
        makeFunctions()
        for table in ["alpha", "beta", "Gamma Ray", "delta"] where chance(80) { makeTable(table) }
        makeForeignKeys()
        if chance(60) { makePartitions() }
        makeViews()
        makeLateFunctions()
        for table in keys.keys.sorted() { makeAttachments(table) }
        generator = self.generator
    }

    // MARK: - Dice

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &generator)]
    }

    private mutating func some<Element>(_ elements: [Element], _ percent: Int) -> [Element] {
        elements.filter { _ in chance(percent) }
    }

    private mutating func add(_ sql: String) { statements.append(sql) }

    private mutating func comment(_ target: String) {
        if chance(15) { add("COMMENT ON \(target) IS '\(pick(["it''s", "plain", "two\nlines"]))'") }
    }

    // MARK: - Types and functions

    private mutating func makeTypes() {
        for name in some(["citext", "pg_trgm"], 30) { add("CREATE EXTENSION \(name)") }
        if chance(85) {
            moods = some(["calm", "glad", "sad", "it''s", "odd\\label"], 60)
            if moods.isEmpty { moods = ["calm"] }
            if chance(20) { moods.reverse() }
            add("CREATE TYPE mood AS ENUM (\(moods.map { "'\($0)'" }.joined(separator: ", ")))")
            comment("TYPE mood")
        }
        if chance(60) {
            hasDomain = true
            let type = pick(["text", "varchar(90)"])
            let options = [chance(30) ? "DEFAULT 'none'" : "", chance(30) ? "NOT NULL" : ""]
            add("CREATE DOMAIN \"E Mail\" AS \(type) \(options.joined(separator: " "))")
            for (name, check) in [("at", "VALUE <> ''"), ("long", "length(VALUE) > \(pick([2, 3]))")] where chance(50) {
                add("ALTER DOMAIN \"E Mail\" ADD CONSTRAINT \(name) CHECK (\(check))")
            }
            comment("DOMAIN \"E Mail\"")
        }
        if chance(50) {
            let type = pick(["bigint", "integer"])
            add(
                "CREATE SEQUENCE numbers AS \(type) START \(pick([1, 5])) INCREMENT 2 \(pick(["", "CYCLE"]))"
            )
            comment("SEQUENCE numbers")
        }
    }

    private mutating func makeFunctions() {
        if chance(70) {
            plainFunctions = true
            let name = pick(["a", "b"])
            add(
                """
                CREATE FUNCTION plain(\(name) bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS \
                'SELECT $1 + \(pick([1, 2]))'
                """)
            comment("FUNCTION plain(bigint)")
        }
        add(
            """
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS \
            'BEGIN \(pick(["", "NULL;"])) RETURN NEW; END'
            """)
        if !moods.isEmpty, chance(50) {
            add("CREATE FUNCTION turn(m mood) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT $1'")
        }
        if chance(30) { add("CREATE PROCEDURE work(n integer) LANGUAGE plpgsql AS 'BEGIN NULL; END'") }
    }

    private mutating func makeLateFunctions() {
        guard let table = keys.keys.sorted().first, chance(50) else { return }
        add("CREATE FUNCTION total() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM \"\(table)\"; END")
        if chance(50) { add("CREATE VIEW totals AS SELECT total() AS total") }
        if chance(30) {
            add("CREATE FUNCTION every() RETURNS SETOF \"\(table)\" LANGUAGE sql AS 'SELECT * FROM \"\(table)\"'")
        }
    }

    // MARK: - Tables

    private mutating func makeTable(_ table: String) {
        let key = pick(["integer", "bigint", "uuid", "serial", "bigserial", "identity"])
        keys[table] = ["serial": "integer", "bigserial": "bigint", "identity": "bigint"][key] ?? key
        let identity =
            "bigint GENERATED \(pick(["ALWAYS", "BY DEFAULT"])) AS IDENTITY \(pick(["", "(START 9 CACHE 3)"]))"
        var lines = ["id \(key == "identity" ? identity : key) NOT NULL"]
        for name in ["name", "mood", "size", "at", "Mixed Case", "body"] where chance(70) {
            lines.append("\"\(name)\" \(column(name))")
        }
        if chance(30) { lines.append("twice text GENERATED ALWAYS AS (id::text || '\(pick(["a", "b"]))') STORED") }
        if chance(80) { lines.append("CONSTRAINT \"\(table)_pkey\" PRIMARY KEY (id)") } else { keys[table] = nil }
        if chance(30) { lines.append("CONSTRAINT small CHECK (id::text <> '\(pick(["0", "1"]))')") }
        if chance(20) { lines.append("CONSTRAINT \"\(table)_pair\" UNIQUE (id\(chance(50) ? ") DEFERRABLE" : ")")") }
        if keys[table] == nil || !chance(80) { lines.shuffle(using: &generator) }
        let parameters = chance(15) ? " WITH (fillfactor = \(pick([70, 80])))" : ""
        add("CREATE TABLE \"\(table)\" (\(lines.joined(separator: ", ")))\(parameters)")
        comment("TABLE \"\(table)\"")
        comment("COLUMN \"\(table)\".id")
        makeIndexes(table, lines.joined())
    }

    private mutating func column(_ name: String) -> String {
        let null = chance(40) ? " NOT NULL" : ""
        switch name {
        case "name":
            let type = pick([
                "text", "varchar(20)", "varchar(40)", "text COLLATE \"C\"", hasDomain ? "\"E Mail\"" : "text",
            ])
            let check = chance(20) ? " CHECK (name IN ('a', 'b'))" : ""
            return type + (chance(40) ? " DEFAULT '\(pick(["a", "b", "it''s"]))'" : "") + null + check
        case "mood" where !moods.isEmpty:
            let isArray = chance(20)
            let value = isArray ? "ARRAY['\(pick(moods))']::mood[]" : "'\(pick(moods))'"
            return "mood\(isArray ? "[]" : "")" + (chance(50) ? " DEFAULT \(value)" : "") + null
        case "size":
            let type = pick(["integer", "bigint", "numeric(8,2)", "smallint", "text", "double precision"])
            let value = plainFunctions && type == "bigint" ? pick(["plain(3)", "7"]) : type == "text" ? "'7'" : "7"
            return type + (chance(40) ? " DEFAULT \(value)" : "") + null
        case "at":
            return pick(["timestamptz", "timestamp(3)", "date"]) + (chance(40) ? " DEFAULT CURRENT_TIMESTAMP" : "")
                + null
        case "body": return pick(["jsonb", "text", "text[]"]) + null
        default: return pick(["boolean", "uuid"]) + null
        }
    }

    private mutating func makeIndexes(_ table: String, _ body: String) {
        let has = { (name: String) in body.contains("\"\(name)\"") }
        if chance(40) {
            add("CREATE \(pick(["UNIQUE ", ""]))INDEX \"\(table)_by_id\" ON \"\(table)\" (id\(pick(["", " DESC"])))")
        }
        if has("name"), chance(40) {
            add(
                "CREATE INDEX \"\(table)_lower\" ON \"\(table)\" (lower(name::text)) WHERE name <> '\(pick(["", "x"]))'"
            )
        }
        if has("name"), chance(40) {
            let kinds = pick(["", "(dependencies)", "(ndistinct, mcv)"])
            let columns = pick(["id, name", "id, lower(name::text)"])
            add("CREATE STATISTICS \"\(table)_both\" \(kinds) ON \(columns) FROM \"\(table)\"")
            comment("STATISTICS \"\(table)_both\"")
        }
        if has("mood"), !moods.isEmpty, chance(50) {
            add("CREATE INDEX \"\(table)_mood\" ON \"\(table)\" (mood) WHERE mood IS NOT NULL")
            if !body.contains("mood[]"), chance(50) {
                add("CREATE INDEX \"\(table)_only\" ON \"\(table)\" (id) WHERE mood = '\(pick(moods))'")
                add("ALTER TABLE \"\(table)\" ADD CONSTRAINT moody CHECK (mood IN ('\(moods[0])', '\(pick(moods))'))")
            }
        }
        if plainFunctions, let key = keys[table], key != "uuid", chance(40) {
            add("CREATE INDEX \"\(table)_plain\" ON \"\(table)\" (plain(id::bigint))")
        }
    }

    private mutating func makeForeignKeys() {
        for table in keys.keys.sorted() {
            for target in keys.keys.sorted() where chance(35) {
                guard let type = keys[target] else { continue }
                let name = "\(table)_to_\(target)"
                add("ALTER TABLE \"\(table)\" ADD COLUMN \"to \(target)\" \(type)")
                add(
                    """
                    ALTER TABLE "\(table)" ADD CONSTRAINT "\(name)" FOREIGN KEY ("to \(target)") \
                    REFERENCES "\(target)" (id) \
                    \(pick(["", "ON DELETE CASCADE", "ON DELETE SET NULL ON UPDATE CASCADE"])) \
                    \(pick(["", "", "NOT VALID"]))
                    """)
            }
        }
    }

    private mutating func makePartitions() {
        let type = pick(["integer", "bigint"])
        add("CREATE TABLE events (id \(type) NOT NULL, at date NOT NULL, note text) PARTITION BY RANGE (id)")
        if chance(60) { add("ALTER TABLE events ADD PRIMARY KEY (id)") }
        if chance(50) { add("CREATE INDEX events_at ON events (at)") }
        let first = pick([10, 20])
        if chance(70) { add("CREATE TABLE events_low PARTITION OF events FOR VALUES FROM (0) TO (\(first))") }
        if chance(70) {
            add("CREATE TABLE events_high PARTITION OF events FOR VALUES FROM (30) TO (\(pick([40, 50])))")
        }
        if chance(30) { add("CREATE TABLE events_rest PARTITION OF events DEFAULT") }
    }

    private mutating func makeViews() {
        guard let table = keys.keys.sorted().last else { return }
        if chance(60) {
            add(
                """
                CREATE VIEW shown \(pick(["", "WITH (security_invoker=true)"])) AS \
                SELECT id, '\(pick(["a", "b"]))' AS tag FROM "\(table)"
                """
            )
            comment("VIEW shown")
            if chance(50) { add("CREATE VIEW shown_again AS SELECT id FROM shown WHERE tag = 'a'") }
        }
        if chance(50) {
            add("CREATE MATERIALIZED VIEW kept AS SELECT * FROM \"\(table)\"")
            if chance(50) { add("CREATE UNIQUE INDEX kept_id ON kept (id)") }
        }
    }

    private mutating func makeAttachments(_ table: String) {
        if chance(40) {
            let events = pick(["UPDATE", "UPDATE OF id", "INSERT OR UPDATE"])
            add("CREATE TRIGGER touched BEFORE \(events) ON \"\(table)\" FOR EACH ROW EXECUTE FUNCTION touch()")
            if chance(30) { add("ALTER TABLE \"\(table)\" \(pick(["DISABLE", "ENABLE ALWAYS"])) TRIGGER touched") }
            comment("TRIGGER touched ON \"\(table)\"")
        }
        if chance(40) {
            add("ALTER TABLE \"\(table)\" ENABLE ROW LEVEL SECURITY")
            if chance(50) { add("ALTER TABLE \"\(table)\" FORCE ROW LEVEL SECURITY") }
        }
        if chance(40) {
            let other = pick(keys.keys.sorted())
            let condition = pick(["id IS NOT NULL", "EXISTS (SELECT FROM \"\(other)\" o WHERE o.id IS NOT NULL)"])
            add("CREATE POLICY seen ON \"\(table)\" FOR \(pick(["ALL", "SELECT"])) USING (\(condition))")
        }
    }
}
