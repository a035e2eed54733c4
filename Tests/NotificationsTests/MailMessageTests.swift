import Basics
import Configuration
import TestSupport
import Testing

@testable import Notifications

@Suite struct MailMessageTests {
    private let moment = Timestamp(seconds: 1_795_303_593)

    private func message(_ notice: Notice) throws -> MailMessage {
        let (sender, recipient) = (
            try #require(MailAddress("parlor@a.example")), try #require(MailAddress("o@b.example"))
        )
        return MailMessage(
            Telling(notice, over: [.email]), from: sender, to: [recipient, sender], source: "host1", "0123abcd")
    }

    @Test("A message has the header that programs and people expect")
    func header() throws {
        let notice = Notice(
            .critical, key: "k", "the primary is gone", text: "It ended.\n.\n.. twice",
            fields: [.init("node", "node1")],
            at: moment)
        #expect(
            try message(notice).lines == [
                "From: Parlor <parlor@a.example>",
                "To: o@b.example,",
                " parlor@a.example",
                "Subject: [host1] Critical: the primary is gone",
                "Date: Sat, 21 Nov 2026 23:26:33 +0000",
                "Message-ID: <0123abcd@a.example>",
                "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
                "",
                "the primary is gone", "", "It ended.", ".", ".. twice", "", "node: node1", "",
                "Parlor on host1, 2026-11-21T23:26:33Z",
            ])
    }

    @Test("A line that begins with a dot cannot end the message")
    func dots() throws {
        let bytes = try message(Notice(.info, key: "k", "t", text: ".\n..x", at: moment)).transmission
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\r\n..\r\n...x\r\n"))
        #expect(text.hasSuffix("Z\r\n.\r\n"))
        #expect(text.ranges(of: "\r\n.\r\n").count == 1)
    }

    @Test("Other scripts in the subject are encoded in words of whole characters")
    func encoded() throws {
        let title = String(repeating: "Größe der Sicherung überschritten 🧯 ", count: 4)
        let lines = try message(Notice(.warning, key: "k", title, at: moment)).lines
        let words = lines.drop { !$0.hasPrefix("Subject:") }.prefix { $0.hasPrefix("Subject:") || $0.hasPrefix(" ") }
        #expect(words.count > 3 && words.allSatisfy { $0.utf8.count <= 76 && $0.contains("=?UTF-8?B?") })
    }

    @Test(
        "Nothing in a notice can add a line to the header",
        arguments: [
            "x\r\nBcc: a@b.c", "x\nBcc: a@b.c", "x\rBcc: a@b.c", "x\u{2028}Bcc: a@b.c", "x\u{85}Bcc: a@b.c",
            "x\r\n\r\nbody", "x\u{0}y", "=?UTF-8?B?DQpCY2M6IGFAYi5j?=", String(repeating: "x ", count: 500),
        ])
    func injected(title: String) throws {
        let plain = try message(Notice(.warning, key: "k", "x", at: moment)).lines.prefix { !$0.isEmpty }
        let notice = Notice(.warning, key: title, title, text: title, fields: [.init(title, title)], at: moment)
        let lines = try message(notice).lines.prefix { !$0.isEmpty }
        let names = { (lines: ArraySlice<String>) in
            lines.filter { !$0.hasPrefix(" ") }.map { String($0.prefix { $0 != ":" }) }
        }
        #expect(names(lines) == names(plain))
        #expect(!lines.contains { $0.contains("Bcc") && !$0.hasPrefix("Subject: [host1] Warning: x") })
    }

    @Test("What could end a line is encoded, even where nobody has taken it out before")
    func unclean() {
        let folded = MailHeader.text("x\r\nBcc: a@b.c")
        #expect(folded == "=?UTF-8?B?eA0KQmNjOiBhQGIuYw==?=")
        #expect(MailHeader.text("x\u{0}y").hasPrefix("=?"))
        #expect(MailHeader.text("plain text") == "plain text")
    }

    @Test("Any text becomes short lines of plain ASCII that mean the same")
    func quoted() {
        var generator = SeededGenerator()
        let scalars: [Unicode.Scalar] = ["a", " ", "=", ".", "\t", "ß", "€", "🧯", "\n", "Z", "\u{7F}"]
        for _ in 0..<300 {
            let count = Int.random(in: 0...300, using: &generator)
            let text = String(
                String.UnicodeScalarView(
                    (0..<count).map { _ in scalars[Int.random(in: 0..<scalars.count, using: &generator)] }))
            let lines = QuotedPrintable.lines(of: text)
            #expect(lines.allSatisfy { $0.utf8.count <= 76 && !$0.hasSuffix(" ") && !$0.hasSuffix("\t") })
            #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 == 9 || (0x20...0x7E).contains($0) } })
            #expect(decoded(lines) == text)
        }
    }

    /// The text, as a program that reads mail would see it.
    private func decoded(_ lines: [String]) -> String {
        var bytes: [UInt8] = []
        for (place, line) in lines.enumerated() {
            var rest = Array(line.utf8)[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "=") else {
                    bytes.append(byte)
                    continue
                }
                guard rest.count >= 2 else { break }
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            }
            if !line.hasSuffix("="), place < lines.count - 1 { bytes.append(10) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
