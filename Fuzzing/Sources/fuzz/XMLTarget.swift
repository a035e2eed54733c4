@testable import ObjectStorage

/// The answers of an S3 server are read or refused, and text survives being escaped.
enum XMLTarget {
    @Sendable static func run(_ bytes: [UInt8]) {
        guard let element = try? XMLElement(reading: bytes) else { return }
        let text = element.text
        let again = try? XMLElement(reading: Array("<a>\(XMLElement.escaped(text))</a>".utf8))
        precondition(again?.text == text, "escaped text is read as something else")
    }
}
