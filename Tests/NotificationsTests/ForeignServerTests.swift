import Basics
import Configuration
import JSONText
import Loop
import ServerTestSupport
import Testing

@testable import Notifications

/// Messages to a server that is not ours, read by a program that is not ours either.
@Suite struct ForeignServerTests {
    private static let kind = ServerKind(
        "mail", user: "nobody", group: "nogroup", ending: .terminate, readyWords: "ready")

    @Test("Others read in a message exactly what was written, whatever it is")
    func read() async throws {
        let folder = try ServerFolder(for: Self.kind)
        let script = try Files.readText(Files.parent(of: #filePath) + "/mail-server.py")
        let (server, port) = try ServerProcess.ready("/usr/bin/python3", in: folder) { port in
            ["-W", "ignore", "-c", script, "\(port)", folder.path("message")]
        }
        defer { server.stop() }
        var settings = Configuration.Notifications()
        (settings.email.to, settings.email.from) = ("ops@b.example, boss@b.example", "parlor@a.example")
        (settings.email.server, settings.email.port, settings.email.encryption) = ("127.0.0.1", port, .none)
        let notice = Notice(
            .critical, key: "k", "Sicherung größer als der Platz dafür 🧯 — und das in einer sehr langen Zeile",
            text: "Ein Punkt:\n.\n..\n = \u{20AC} " + String(repeating: "lang ", count: 40) + "\nFrom here ",
            at: Timestamp(seconds: 1_795_303_593))
        let chosen = settings
        let deliveries = try await EventLoop.onThread { loop in
            await (try Notifier(chosen, source: "host1", on: loop, .quick)).tell(notice)
        }
        #expect(deliveries.map(\.fault) == [nil])
        let message = try JSON(reading: try Files.readText(folder.path("message")))
        #expect(message["sender"]?.text == "parlor@a.example")
        #expect(message["recipients"]?.elements?.compactMap(\.text) == ["ops@b.example", "boss@b.example"])
        #expect(message["to"]?.text == "ops@b.example, boss@b.example")
        #expect(message["subject"]?.text == "[host1] Critical: \(notice.title)")
        #expect(message["date"]?.text == "2026-11-21T23:26:33+00:00")
        let text = "\(notice.title)\n\n\(notice.text)\n\nParlor on host1, 2026-11-21T23:26:33Z"
        #expect(message["text"]?.text == text)
        #expect(message["defects"]?.elements?.isEmpty == true)
    }
}
