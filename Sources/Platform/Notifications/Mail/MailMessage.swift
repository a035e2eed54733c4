import Basics
import Configuration
import HTTP

/// A message as it travels (RFC 5322, MIME): lines of plain ASCII, none of them longer than 78 characters but for those
/// that hold one long address.
struct MailMessage {
    /// The lines, without their ends.
    let lines: [String]

    /// A notice as a message; `identifier` names it for ever, so that one that arrives twice can be told from two.
    init(
        _ telling: Telling, from sender: MailAddress, to recipients: [MailAddress], source: String, _ identifier: String
    ) {
        let notice = telling.notice
        let mark = notice.isResolved ? "Resolved" : notice.severity.rawValue.capitalizedWord
        let subject = "[\(source)] \(mark): \(notice.title)".oneLine(atMost: 250)
        let header =
            [
                "From: Parlor <\(sender)>",
                "To: " + recipients.map(\.description).joined(separator: ",\r\n "),
                "Subject: " + MailHeader.text(subject),
                // RFC 5322 allows what HTTP writes but for the name of the zone.
                "Date: \(notice.at.httpDate.dropLast(3))+0000",
                "Message-ID: <\(identifier)@\(sender.domain)>",
                "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
            ].flatMap { $0.split(separator: "\r\n").map { String($0) } }
        lines = header + [""] + QuotedPrintable.lines(of: Self.body(telling, source))
    }

    private static func body(_ telling: Telling, _ source: String) -> String {
        let notice = telling.notice
        let fields = telling.fields.prefix(50).map {
            "\($0.name.oneLine(atMost: 100)): \($0.value.oneLine(atMost: 1000))"
        }
        let parts = [
            notice.title.oneLine(atMost: 1000), notice.text.lines(atMost: 10_000), fields.joined(separator: "\n"),
            "Parlor on \(source), \(notice.at.rfc3339Seconds)",
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// What follows the command DATA: a line that begins with a dot gets another one, and a single dot is the end.
    var transmission: [UInt8] {
        Array(lines.map { ($0.hasPrefix(".") ? ".\($0)" : $0) + "\r\n" }.joined().utf8) + Array(".\r\n".utf8)
    }
}
