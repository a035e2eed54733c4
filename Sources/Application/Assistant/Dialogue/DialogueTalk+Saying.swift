import Basics
import Messaging

extension DialogueTalk {
    typealias Row = InteractiveContent.Row
    typealias Button = InteractiveContent.Button

    /// What WhatsApp lets stand where.
    enum Limits {
        static let row = 24
        static let detail = 72
        static let button = 20
        static let buttonsBody = 1024
        static let text = 4096
    }

    // MARK: - Answers

    /// An answer, after which the dialogue stands at a question.
    func say(_ step: DialogueState.Step, _ messages: [MessageContent], misses: Int = 0) -> DialogueStep {
        var state = state
        state.step = step
        state.misses = misses
        return .say(DialogueAnswer(state: state, messages: messages, language: language, intent: request.intent))
    }

    /// The menu, after something that is to be said.
    func menu(_ said: String? = nil, misses: Int = 0) throws(MessageFault) -> DialogueStep {
        let rows = [
            Row("book", phrases.book), Row("mine", phrases.mine), Row("prices", phrases.prices),
            Row("hours", phrases.hours), Row("person", phrases.person),
        ]
        return say(.menu, [try list(join(said, phrases.menu), phrases.menuButton, rows)], misses: misses)
    }

    /// Once the menu helps; then perhaps a person does.
    func unclear() throws(MessageFault) -> DialogueStep {
        guard state.misses > 0 else { return try menu(phrases.notUnderstood, misses: 1) }
        let choice = [Button("person", phrases.person), Button("menu", phrases.menuButton)]
        return say(.menu, [try buttons(phrases.stillNot, choice)], misses: state.misses + 1)
    }

    /// The prices of what can be booked.
    var prices: String {
        let lines = facts.services.map { service in
            "\(service.name): \(service.price ?? "–"), \(phrases.minutes(service.minutes))"
        }
        return lines.isEmpty ? phrases.noServices : ([phrases.pricesHead] + lines).joined(separator: "\n")
    }

    /// When the salon is there.
    var hours: String {
        let lines = facts.hours.map { span in
            "\(calendar.weekday(span.weekday)): \(calendar.time(span.opens))–\(calendar.time(span.closes))"
        }
        return lines.isEmpty ? phrases.noHours : ([phrases.hoursHead] + lines).joined(separator: "\n")
    }

    // MARK: - Messages

    func words(_ body: String) throws(MessageFault) -> MessageContent {
        .text(try TextContent(body.fitting(Limits.text)))
    }

    func buttons(_ body: String, _ buttons: [Button]) throws(MessageFault) -> MessageContent {
        let fitting = buttons.map { Button($0.id, $0.title.fitting(Limits.button)) }
        return .interactive(try InteractiveContent(body.fitting(Limits.buttonsBody), .buttons(fitting)))
    }

    func list(_ body: String, _ button: String, _ rows: [Row]) throws(MessageFault) -> MessageContent {
        let fitting = rows.map { row in
            Row(row.id, row.title.fitting(Limits.row), detail: row.detail?.fitting(Limits.detail))
        }
        let choice = InteractiveContent.Choice.list(
            button: button.fitting(Limits.button), [InteractiveContent.Section(nil, fitting)])
        return .interactive(try InteractiveContent(body.fitting(Limits.text), choice))
    }

    /// The lines of a page, with one that goes on where there are more.
    func paged(_ rows: [Row], from: Int) -> [Row] {
        let shown = rows.dropFirst(from).prefix(Self.page)
        return Array(shown) + (from + shown.count < rows.count || from > 0 ? [moreRow] : [])
    }

    var moreRow: Row { Row("more", phrases.more) }
    var leaveRow: Row { Row("menu", phrases.menuButton) }

    func join(_ first: String?, _ second: String) -> String { first.map { "\($0)\n\n\(second)" } ?? second }

    // MARK: - Times

    var calendar: CalendarWords { language.calendar }

    /// A day in few words.
    func dayTitle(_ day: CivilDate) -> String { calendar.shortDate(day, today: facts.today) }
}

extension String {
    /// What fits into so many characters as WhatsApp counts them; what is cut off is told by an ellipsis.
    func fitting(_ limit: Int) -> String {
        let text = isEmpty || utf8.contains(0) ? String(["–"] + filter { $0 != "\0" }) : self
        guard text.utf16.count > limit else { return text }
        var fitting = ""
        var length = 1
        for character in text {
            length += character.utf16.count
            if length > limit { break }
            fitting.append(character)
        }
        return "\(fitting)…"
    }
}
