package import Basics
package import Digests

/// What is known of a dump besides its content.
package struct PortableEntry: Equatable, Sendable {
    /// The dump.
    package var name: PortableName
    /// The size of the encrypted file, in bytes.
    package var size: Int
    /// The digest of the encrypted file.
    package var sha256: Digest
    /// What pg_dump wrote, in bytes; nil when nobody counted it.
    package var dumpSize: Int?
    /// The programs that made it, with their versions.
    package var versions: [Version] = []
    /// Where the log was when the dump's snapshot was taken, like `0/3000148`: what was committed before is in the dump.
    package var position: String
    /// The timeline of that position.
    package var timeline: Int
    /// How many rows each table has in the dump's snapshot.
    package var tables: [Table] = []
    /// The fingerprints of the keys with which it can be read.
    package var recipients: [String] = []
    /// When it was begun.
    package var started: Timestamp
    /// When it was done.
    package var finished: Timestamp

    /// A program and its version.
    package struct Version: Hashable, Sendable {
        /// The program.
        package var program: String
        /// Its version.
        package var version: String
    }

    /// A table and its rows.
    package struct Table: Hashable, Sendable {
        /// Its schema.
        package var schema: String
        /// Its name.
        package var name: String
        /// How many rows it has.
        package var rows: Int
    }
}

extension PortableEntry {
    /// As it stands in `metadata.json`.
    package var json: JSON {
        [
            "file": .string(name.file), "database": .string(name.database), "size_bytes": .integer(size),
            "sha256": .string(sha256.hexadecimal), "dump_bytes": .integer(dumpSize),
            "started": .string(started.rfc3339), "finished": .string(finished.rfc3339),
            "duration_seconds": .number((finished - started).seconds),
            "wal_position": .string(position), "timeline": .integer(timeline),
            "versions": .object(versions.map { JSON.Member($0.program, .string($0.version)) }),
            "recipients": .array(recipients.map { .string($0) }),
            "tables": .array(
                tables.map {
                    ["schema": .string($0.schema), "name": .string($0.name), "rows": .integer($0.rows)]
                }),
        ]
    }

    /// Reads what stands in `metadata.json`; nil when something is missing.
    package init?(json: JSON) {
        guard let name = json["file"]?.text.flatMap({ PortableName(file: $0) }), let size = json["size_bytes"]?.int,
            let sha256 = json["sha256"]?.text.flatMap({ Digest(hexadecimal: $0) }),
            let position = json["wal_position"]?.text, let timeline = json["timeline"]?.int,
            let started = json["started"]?.text.flatMap({ Timestamp(rfc3339: $0) }),
            let finished = json["finished"]?.text.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        self.init(
            name: name, size: size, sha256: sha256, dumpSize: json["dump_bytes"]?.int, position: position,
            timeline: timeline, started: started, finished: finished)
        if case .object(let members)? = json["versions"] {
            versions = members.map { Version(program: $0.name, version: $0.value.text ?? "") }
        }
        recipients = (json["recipients"]?.elements ?? []).compactMap(\.text)
        tables = (json["tables"]?.elements ?? []).compactMap { table in
            guard let schema = table["schema"]?.text, let name = table["name"]?.text, let rows = table["rows"]?.int
            else { return nil }
            return Table(schema: schema, name: name, rows: rows)
        }
    }
}
