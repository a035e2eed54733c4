import Basics
import HTTP
import Messaging
import Postgres

/// What is to be said, as a body says it: WhatsApp's own members, one kind of content, and keys of ours where WhatsApp
/// has identifiers of its own.
struct MessageDraft: Sendable {
    /// A reaction to a message of ours or of the customer's.
    struct Reaction: Sendable {
        let message: PostgresUUID
        let emoji: String
    }

    var contents: [MessageContent] = []
    var reaction: Reaction?
    var replyingTo: PostgresUUID?
    /// What WhatsApp would not take.
    var faults: [FieldFault] = []

    /// Adds a content, or what is wrong with it.
    mutating func add<Content>(
        _ make: () throws(MessageFault) -> Content, _ wrap: (Content) -> MessageContent
    ) {
        do throws(MessageFault) { contents.append(wrap(try make())) } catch { faults.append(FieldFault(error)) }
    }
}

extension FieldFault {
    /// A fault of WhatsApp's form at its place in the body, which has the same members: `interactive.buttons[2].title`.
    init(_ fault: MessageFault) {
        let path = fault.part.replacing("[", with: ".").replacing("]", with: "")
            .replacing("language.code", with: "language")
        self.init(pointer: "/\(path.replacing(".", with: "/"))", detail: fault.reason)
    }
}

/// The shapes of what may be said.
enum MessageShapes {
    private struct Text: Sendable {
        let body: String
        let previewsLink: Bool
    }

    private struct Media: Sendable {
        let source: MediaSource?
        let caption: String?
        let fileName: String?
    }

    private static let text = Shape(
        "Text", Field("body", .text(1...4096), "The words."),
        Field("preview_url", .truth, standard: false, "Whether the first link is shown with a preview.")
    ) { Text(body: $0, previewsLink: $1) }

    private static let media = Shape(
        "Media", Field.optional("id", .text(1...256), "What WhatsApp calls it; this or link."),
        Field.optional("link", .text(1...2048), "Where WhatsApp fetches it from, with https."),
        Field.optional("caption", .text(1...1024), "Words below it."),
        Field.optional("filename", .text(1...240), "What a document is called.")
    ) { Media(source: source($0, $1), caption: $2, fileName: $3) }

    private static func source(_ id: String?, _ link: String?) -> MediaSource? {
        switch (id, link) {
        case (let id?, nil): .id(id)
        case (nil, let link?): .link(link)
        default: nil
        }
    }

    private static let reaction = Shape(
        "Reaction", Field("message_id", .identifier, "The message, by our key."),
        Field("emoji", .text(0...32), "The emoji; empty takes the reaction back.")
    ) { MessageDraft.Reaction(message: $0, emoji: $1) }

    // MARK: - Something to choose from

    private static let button = Shape(
        "Button", Field("id", .text(1...256), "What comes back."), Field("title", .text(1...20), "What stands on it.")
    ) { InteractiveContent.Button($0, $1) }

    private static let row = Shape(
        "Row", Field("id", .text(1...200), "What comes back."), Field("title", .text(1...24), "What it says."),
        Field.optional("description", .text(1...72), "What stands below, smaller.")
    ) { InteractiveContent.Row($0, $1, detail: $2) }

    private static let section = Shape(
        "Section", Field.optional("title", .text(1...24), "The heading; needed where there are several."),
        Field("rows", .list(of: .object(row), 1...10), "The lines.")
    ) { InteractiveContent.Section($0, $1) }

    private struct Interactive: Sendable {
        let body: String
        let header: String?
        let footer: String?
        let choice: InteractiveContent.Choice?
    }

    private static let interactive = Shape(
        "Interactive", Field("body", .text(1...4096), "The words; 1,024 characters with buttons."),
        Field.optional("header", .text(1...60), "A heading."),
        Field.optional("footer", .text(1...60), "What stands below, smaller."),
        Field.optional("buttons", .list(of: .object(button), 1...3), "Buttons; these, or button and sections."),
        Field.optional("button", .text(1...20), "What stands on the button that opens the list."),
        Field.optional("sections", .list(of: .object(section), 1...10), "The list: ten lines in all.")
    ) { body, header, footer, buttons, button, sections in
        var choice: InteractiveContent.Choice?
        switch (buttons, button, sections) {
        case (let buttons?, nil, nil): choice = .buttons(buttons)
        case (nil, let button?, let sections?): choice = .list(button: button, sections)
        default: break
        }
        return Interactive(body: body, header: header, footer: footer, choice: choice)
    }

    // MARK: - Templates

    private enum ComponentKind: String, CaseIterable, Sendable {
        case header, body, url
        case quickReply = "quick_reply"
    }

    private struct Template: Sendable {
        let name: String
        let language: String
        let components: [TemplateContent.Component?]
    }

    private static let parameter = Shape(
        "Parameter", Field.optional("text", .text(1...1024), "Words; this or one of the others."),
        Field.optional("image", .object(media), "A picture, for a header."),
        Field.optional("document", .object(media), "A document, for a header."),
        Field.optional("video", .object(media), "A film, for a header.")
    ) { text, image, document, video -> TemplateContent.Parameter? in
        let given = [
            text.map { TemplateContent.Parameter.text($0) }, image?.source.map { .image($0) },
            document?.source.map { .document($0) }, video?.source.map { .video($0) },
        ].compactMap(\.self)
        return given.count == 1 ? given[0] : nil
    }

    private static let component = Shape(
        "TemplateComponent", Field<ComponentKind>("type", .choice, "Which part of the template."),
        Field.optional("index", .integer(0...9), "Which button, for quick_reply and url."),
        Field("parameters", .list(of: .object(parameter), 1...50), "What stands in its gaps, in order.")
    ) { kind, index, parameters -> TemplateContent.Component? in
        let all = parameters.compactMap(\.self)
        guard all.count == parameters.count else { return nil }
        switch (kind, index, all.count) {
        case (.body, nil, _): return .body(all)
        case (.header, nil, 1): return .header(all[0])
        case (.quickReply, let index?, 1): return words(all[0]).map { .quickReply(at: index, payload: $0) }
        case (.url, let index?, 1): return words(all[0]).map { .link(at: index, suffix: $0) }
        default: return nil
        }
    }

    private static func words(_ parameter: TemplateContent.Parameter) -> String? {
        if case .text(let text) = parameter { text } else { nil }
    }

    private static let template = Shape(
        "TemplateMessage", Field("name", .text(1...512), "Its name."), Field("language", .language, "Its language."),
        Field(
            "components", .list(of: .object(component), 0...12), standard: [], "What stands in the gaps of its parts.")
    ) { Template(name: $0, language: $1, components: $2) }

    // MARK: - All of it

    /// A message, of which exactly one content must be given.
    static let draft = Shape(
        "MessageDraft", Field.optional("text", .object(text), "Words."),
        Field.optional("template", .object(template), "A template, which may be sent at any time."),
        Field.optional("interactive", .object(interactive), "Words with buttons or a list."),
        Field.optional("image", .object(media), "A picture."),
        Field.optional("document", .object(media), "Something to read."),
        Field.optional("audio", .object(media), "A sound."), Field.optional("video", .object(media), "A film."),
        Field.optional("sticker", .object(media), "A sticker."),
        Field.optional("reaction", .object(reaction), "An emoji at a message."),
        Field.optional("reply_to", .identifier, "The message that this one answers, by our key.")
    ) { text, template, interactive, image, document, audio, video, sticker, reaction, replyingTo in
        var draft = MessageDraft()
        draft.reaction = reaction
        draft.replyingTo = replyingTo
        if let text { add(text, to: &draft) }
        if let template { add(template, to: &draft) }
        if let interactive { add(interactive, to: &draft) }
        add(image, .image, to: &draft)
        add(document, .document, to: &draft)
        add(audio, .audio, to: &draft)
        add(video, .video, to: &draft)
        add(sticker, .sticker, to: &draft)
        return draft
    }

    private static func add(_ text: Text, to draft: inout MessageDraft) {
        draft.add({ () throws(MessageFault) in try TextContent(text.body, previewsLink: text.previewsLink) }) {
            .text($0)
        }
    }

    private static func add(_ media: Media?, _ kind: MediaContent.Kind, to draft: inout MessageDraft) {
        guard let media else { return }
        guard let source = media.source else {
            return draft.faults.append(FieldFault(pointer: "/\(kind.rawValue)", detail: "must have either id or link"))
        }
        draft.add({ () throws(MessageFault) in
            try MediaContent(kind, source, caption: media.caption, fileName: media.fileName)
        }) { .media($0) }
    }

    private static func add(_ interactive: Interactive, to draft: inout MessageDraft) {
        guard let choice = interactive.choice else {
            return draft.faults.append(
                FieldFault(pointer: "/interactive", detail: "must have either buttons, or button and sections"))
        }
        draft.add({ () throws(MessageFault) in
            try InteractiveContent(
                interactive.body, choice, header: interactive.header, footer: interactive.footer)
        }) { .interactive($0) }
    }

    private static func add(_ template: Template, to draft: inout MessageDraft) {
        for (index, component) in template.components.enumerated() where component == nil {
            draft.faults.append(
                FieldFault(
                    pointer: "/template/components/\(index)",
                    detail: "must have one kind of value in each gap, and an index for buttons only"))
        }
        draft.add({ () throws(MessageFault) in
            try TemplateContent(template.name, language: template.language, template.components.compactMap(\.self))
        }) { .template($0) }
    }
}
