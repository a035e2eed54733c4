import Testing

@testable import Hardening

@Suite struct ClientHelloTests {
    @Test("The lengths in the message fit it", arguments: ClientHello.Version.allCases)
    func lengths(version: ClientHello.Version) {
        let bytes = ClientHello(version: version).bytes
        #expect(Int(bytes[3]) << 8 | Int(bytes[4]) == bytes.count - 5)
        #expect(Int(bytes[6]) << 16 | Int(bytes[7]) << 8 | Int(bytes[8]) == bytes.count - 9)
        #expect(UInt16(bytes[9]) << 8 | UInt16(bytes[10]) == version.rawValue)
    }

    @Test(
        "A server's first bytes say whether it goes on, and in which version",
        arguments: [
            ([22, 3, 2, 0, 80, 2, 0, 0, 76, 3, 2], ClientHello.Answer.accepted(0x0302)),
            ([22, 3, 3, 0, 80, 2, 0, 0, 76, 3, 3], .accepted(0x0303)),
            ([21, 3, 1, 0, 2, 2, 70], .refused(70)), ([], .strange), ([21, 3, 1], .strange),
            ([22, 3, 2, 0, 80], .strange), (Array("HTTP/1.0 400".utf8), .strange),
        ] as [([UInt8], ClientHello.Answer)])
    func answer(bytes: [UInt8], expected: ClientHello.Answer) { #expect(ClientHello.answer(bytes) == expected) }
}
