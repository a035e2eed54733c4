// Quotes are looked for among the bytes: as a `Character`, a quote with an accent after it would not equal a quote.

/// A name as SQL takes it whatever is in it: `order` becomes `"order"`.
public func quoteIdentifier(_ name: String) -> String { "\"\(doubling([UInt8(ascii: "\"")], in: name))\"" }

/// A text as an SQL literal: `it's` becomes `'it''s'`. Right under either setting of `standard_conforming_strings`.
///
/// Parameters are the better way; this is for the statements that take none, like CREATE ROLE.
public func quoteLiteral(_ text: String) -> String {
    let escaped = doubling([UInt8(ascii: "'"), UInt8(ascii: "\\")], in: text)
    // The space keeps the E from becoming part of a word before it.
    return text.utf8.contains(UInt8(ascii: "\\")) ? " E'\(escaped)'" : "'\(escaped)'"
}

private func doubling(_ special: [UInt8], in text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
        if special.contains(byte) { bytes.append(byte) }
        bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
}
