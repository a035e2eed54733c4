import Basics

@testable import Postgres

/// A value that can be read is written as bytes that are read as the same. The first byte chooses the Swift type, the
/// second the server's.
enum PostgresValueTarget {
    private static let codecs: [@Sendable ([UInt8], PostgresType?) -> Void] = [
        codec(Int.self), codec(Int16.self), codec(Int32.self), codec(UInt32.self), codec(Double.self),
        codec(Float.self),
        codec(Bool.self), codec(String.self, as: .text), codec([UInt8].self), codec(PostgresJSON.self),
        codec(PostgresUUID.self),
        codec(Timestamp.self), codec(PostgresDate.self), codec(PostgresTime.self), codec(PostgresInterval.self),
        codec(PostgresNumeric.self), codec(PostgresRange<Int>.self), codec(PostgresRange<PostgresNumeric>.self),
        codec([Int?].self), codec([String].self, as: PostgresType(oid: 1009)), codec(PostgresArray<Int>.self),
        codec([[UInt8]].self),
        codec([PostgresRange<Int>].self), codec(PostgresRecord.self, as: .record),
    ]
    private static let types = PostgresType.all.flatMap { [$0.type, $0.array].compactMap(\.self) }

    @Sendable static func run(_ bytes: [UInt8]) {
        guard bytes.count >= 2 else { return }
        let type = types.indices.contains(Int(bytes[1])) ? types[Int(bytes[1])] : nil
        codecs[Int(bytes[0]) % codecs.count](Array(bytes.dropFirst(2)), type)
    }

    private static func codec<Value: PostgresCodable>(
        _: Value.Type, as own: PostgresType = Value.postgresType
    ) -> @Sendable ([UInt8], PostgresType?) -> Void {
        { bytes, type in
            guard let value = try? Value.read(copied: bytes, type: type ?? own) else { return }
            guard let written = written(value) else { return }
            guard let again = try? Value.read(copied: written, type: own) else {
                preconditionFailure("what was written cannot be read as \(Value.self)")
            }
            precondition(self.written(again) == written, "\(Value.self) is written as something else the second time")
        }
    }

    private static func written(_ value: some PostgresEncodable) -> [UInt8]? {
        var writer = PostgresWriter()
        guard (try? value.encode(into: &writer)) != nil else { return nil }
        return writer.bytes
    }
}
