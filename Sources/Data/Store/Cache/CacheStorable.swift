package import JSONText

/// A value that can stand in the cache.
package protocol CacheStorable: Sendable {
    /// The version of its bytes: another one counts as a miss, so a rolling upgrade reads nothing that it misunderstands.
    static var cacheVersion: UInt8 { get }
    /// Its bytes.
    var cacheBytes: [UInt8] { get }
    /// Reads them; nil when they are none of its own.
    init?(cacheBytes: [UInt8])
}

extension CacheStorable {
    /// The first version.
    package static var cacheVersion: UInt8 { 1 }
}

/// A value that is kept as JSON.
package protocol JSONCacheStorable: CacheStorable, JSONReadable, JSONWritable {}

extension JSONCacheStorable {
    /// JSON.
    package var cacheBytes: [UInt8] { JSONAppender.bytes(of: self) }

    /// Reads JSON.
    package init?(cacheBytes: [UInt8]) {
        guard let value = try? CachedJSON.reader.read(Self.self, from: cacheBytes) else { return nil }
        self = value
    }
}

private enum CachedJSON {
    static let reader = JSONReader()
}

extension [UInt8]: CacheStorable {
    /// The bytes themselves.
    package var cacheBytes: [UInt8] { self }

    /// The bytes themselves.
    package init(cacheBytes: [UInt8]) { self = cacheBytes }
}

extension String: CacheStorable {
    /// UTF-8.
    package var cacheBytes: [UInt8] { Array(utf8) }

    /// Reads UTF-8.
    package init?(cacheBytes: [UInt8]) { self.init(validating: cacheBytes, as: UTF8.self) }
}
