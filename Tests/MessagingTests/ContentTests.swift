import Postgres
import Messaging
import Testing

@Suite("What can be said") struct ContentTests {
    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    private func fault(_ make: () throws -> Void) -> String? {
        do {
            try make()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("Each kind is written in WhatsApp's form")
    func forms() throws {
        let buttons = try InteractiveContent(
            "When?", .buttons([.init("a", "Morning"), .init("b", "Evening")]), header: "A cut", footer: "See you")
        let list = try InteractiveContent(
            "What?", .list(button: "Services", [.init(nil, [.init("1", "Cut", detail: "30 min")])]))
        let template = try TemplateContent(
            "reminder", language: "pt_BR",
            [.body([.text("Ana")]), .quickReply(at: 0, payload: "ok"), .header(.image(.id("7")))])
        let contents: [(MessageContent, String)] = [
            (
                .text(try TextContent("hi \"you\"", previewsLink: true)),
                #"{"type":"text","text":{"body":"hi \"you\"","preview_url":true}}"#
            ),
            (
                .media(try MediaContent(.document, .id("7"), caption: "c", fileName: "f.pdf")),
                #"{"type":"document","document":{"id":"7","caption":"c","filename":"f.pdf"}}"#
            ),
            (
                .media(try MediaContent(.sticker, .link("https://x.org/s"))),
                #"{"type":"sticker","sticker":{"link":"https://x.org/s"}}"#
            ),
            (
                .reaction(try ReactionContent(to: "wamid", "👍🏽")),
                #"{"type":"reaction","reaction":{"message_id":"wamid","emoji":"👍🏽"}}"#
            ),
            (
                .location(try LocationContent(latitude: 52.5, longitude: 13.25)),
                #"{"type":"location","location":{"latitude":52.5,"longitude":13.25}}"#
            ),
            (
                .interactive(buttons),
                #"{"type":"interactive","interactive":{"type":"button","header":{"type":"text","text":"A cut"},"body":{"text":"When?"},"footer":{"text":"See you"},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"Morning"}},{"type":"reply","reply":{"id":"b","title":"Evening"}}]}}}"#
            ),
            (
                .interactive(list),
                #"{"type":"interactive","interactive":{"type":"list","body":{"text":"What?"},"action":{"button":"Services","sections":[{"rows":[{"id":"1","title":"Cut","description":"30 min"}]}]}}}"#
            ),
            (
                .template(template),
                #"{"type":"template","template":{"name":"reminder","language":{"code":"pt_BR"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ana"}]},{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"ok"}]},{"type":"header","parameters":[{"type":"image","image":{"id":"7"}}]}]}}"#
            ),
        ]
        for (content, form) in contents { #expect(content.payload().text == form) }
        let answer = MessageContent.text(try TextContent("yes")).payload(replyingTo: "wamid.1").text
        #expect(answer == #"{"type":"text","text":{"body":"yes"},"context":{"message_id":"wamid.1"}}"#)
    }

    @Test("What is as long as it may be is taken, and one character more is a fault that names the part")
    func lengths() throws {
        func buttons(_ count: Int, title: Int = 5, id: Int = 5) throws -> InteractiveContent {
            try InteractiveContent(
                "b", .buttons((0..<count).map { .init("\($0)\(Self.text(id - 1))", "\($0)\(Self.text(title - 1))") }))
        }
        func list(_ rows: Int, sections: Int = 1, title: Int = 5, detail: Int = 5) throws -> InteractiveContent {
            try InteractiveContent(
                "b",
                .list(
                    button: "Open",
                    (0..<sections).map { section in
                        .init(
                            "s\(section)",
                            (0..<rows).map { .init("\(section).\($0)", Self.text(title), detail: Self.text(detail)) })
                    }))
        }
        let limits: [(most: Int, part: String, make: (Int) throws -> Void)] = [
            (4096, "text.body", { _ = try TextContent(Self.text($0)) }),
            (1024, "image.caption", { _ = try MediaContent(.image, .id("1"), caption: Self.text($0)) }),
            (240, "document.filename", { _ = try MediaContent(.document, .id("1"), fileName: Self.text($0)) }),
            (512, "template.name", { _ = try TemplateContent(Self.text($0), language: "en") }),
            (
                1024, "template.components[0].parameters[0].text",
                {
                    _ = try TemplateContent("t", language: "en", [.body([.text(Self.text($0))])])
                }
            ),
            (3, "interactive.buttons", { _ = try buttons($0) }),
            (20, "interactive.buttons[0].title", { _ = try buttons(1, title: $0) }),
            (256, "interactive.buttons[0].id", { _ = try buttons(1, id: $0) }),
            (10, "interactive.rows", { _ = try list($0) }),
            (24, "interactive.sections[0].rows[0].title", { _ = try list(1, title: $0) }),
            (72, "interactive.sections[0].rows[0].description", { _ = try list(1, detail: $0) }),
            (10, "interactive.sections", { _ = try list(1, sections: $0) }),
            (
                1024, "interactive.body",
                {
                    _ = try InteractiveContent(Self.text($0), .buttons([.init("a", "A")]))
                }
            ),
            (
                60, "interactive.footer",
                {
                    _ = try InteractiveContent("b", .buttons([.init("a", "A")]), footer: Self.text($0))
                }
            ),
        ]
        for (most, part, make) in limits {
            #expect(fault { try make(most) } == nil, "\(part)")
            #expect(fault { try make(most + 1) }?.hasPrefix(part) == true, "\(part)")
        }
    }

    @Test("What WhatsApp would refuse is a fault")
    func refused() {
        #expect(fault { _ = try TextContent("") } == "text.body is empty")
        #expect(fault { _ = try TextContent("a\u{0}b") } == "text.body holds a NUL")
        #expect(fault { _ = try MediaContent(.audio, .id("1"), caption: "c") } == "audio.caption is not permitted")
        #expect(
            fault { _ = try MediaContent(.image, .link("http://x.org")) } == "image.link does not begin with https://")
        #expect(
            fault { _ = try TemplateContent("Reminder", language: "en") }
                == "template.name has more than small letters, digits and underscores")
        #expect(
            fault { _ = try TemplateContent("t", language: "en", [.body([.text("a\nb")])]) }?.contains("line break")
                == true)
        #expect(
            fault { _ = try InteractiveContent("b", .buttons([.init("a", "A"), .init("a", "B")])) }
                == "interactive.buttons.id has one twice")
        #expect(
            fault {
                _ = try InteractiveContent(
                    "b", .list(button: "o", [.init(nil, [.init("1", "a")]), .init("t", [.init("2", "b")])]))
            }
                == "interactive.sections[0].title is missing")
        #expect(fault { _ = try ReactionContent(to: "w", "ab") } == "reaction.emoji is more than one character")
        #expect(fault { _ = try LocationContent(latitude: 91, longitude: 0) } == "location.latitude is not on Earth")
    }
}
