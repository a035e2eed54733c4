package import JSONText

/// Words with something to choose from.
package struct InteractiveContent: Hashable, Sendable {
    /// A button: what comes back when it is pressed, and what stands on it.
    package struct Button: Hashable, Sendable {
        /// What comes back.
        package let id: String
        /// What stands on it.
        package let title: String

        /// A button.
        package init(_ id: String, _ title: String) {
            self.id = id
            self.title = title
        }
    }

    /// A line of a list.
    package struct Row: Hashable, Sendable {
        /// What comes back when it is chosen.
        package let id: String
        /// What it says.
        package let title: String
        /// What stands below that, smaller.
        package let detail: String?

        /// A line.
        package init(_ id: String, _ title: String, detail: String? = nil) {
            self.id = id
            self.title = title
            self.detail = detail
        }
    }

    /// Lines under a heading.
    package struct Section: Hashable, Sendable {
        /// The heading; it may be absent where there is one section only.
        package let title: String?
        /// The lines.
        package let rows: [Row]

        /// Lines under a heading.
        package init(_ title: String? = nil, _ rows: [Row]) {
            self.title = title
            self.rows = rows
        }
    }

    /// What there is to choose from.
    package enum Choice: Hashable, Sendable {
        /// One to three buttons.
        case buttons([Button])
        /// A list that opens at a button, of one to ten lines in all.
        case list(button: String, [Section])
    }

    /// The words.
    package let body: String
    /// What there is to choose from.
    package let choice: Choice
    /// A heading.
    package let header: String?
    /// What stands below, smaller.
    package let footer: String?

    /// Words with something to choose from.
    package init(
        _ body: String, _ choice: Choice, header: String? = nil, footer: String? = nil
    ) throws(MessageFault) {
        try ContentCheck.optional(header, "interactive.header", 1...60)
        try ContentCheck.optional(footer, "interactive.footer", 1...60)
        switch choice {
        case .buttons(let buttons):
            try ContentCheck.text(body, "interactive.body", 1...1024)
            try Self.check(buttons)
        case .list(let button, let sections):
            try ContentCheck.text(body, "interactive.body", 1...4096)
            try ContentCheck.text(button, "interactive.button", 1...20)
            try Self.check(sections)
        }
        self.body = body
        self.choice = choice
        self.header = header
        self.footer = footer
    }

    private static func check(_ buttons: [Button]) throws(MessageFault) {
        try ContentCheck.count(buttons.count, "interactive.buttons", 1...3)
        for (index, button) in buttons.enumerated() {
            try ContentCheck.text(button.id, "interactive.buttons[\(index)].id", 1...256)
            try ContentCheck.text(button.title, "interactive.buttons[\(index)].title", 1...20)
        }
        try ContentCheck.unique(buttons.map(\.id), "interactive.buttons.id")
        try ContentCheck.unique(buttons.map(\.title), "interactive.buttons.title")
    }

    private static func check(_ sections: [Section]) throws(MessageFault) {
        try ContentCheck.count(sections.count, "interactive.sections", 1...10)
        try ContentCheck.count(sections.reduce(0) { $0 + $1.rows.count }, "interactive.rows", 1...10)
        for (index, section) in sections.enumerated() {
            let part = "interactive.sections[\(index)]"
            if section.title == nil, sections.count > 1 { throw MessageFault("\(part).title", "is missing") }
            try ContentCheck.optional(section.title, "\(part).title", 1...24)
            try ContentCheck.count(section.rows.count, "\(part).rows", 1...10)
            for (index, row) in section.rows.enumerated() {
                try ContentCheck.text(row.id, "\(part).rows[\(index)].id", 1...200)
                try ContentCheck.text(row.title, "\(part).rows[\(index)].title", 1...24)
                try ContentCheck.optional(row.detail, "\(part).rows[\(index)].description", 1...72)
            }
        }
        try ContentCheck.unique(sections.flatMap(\.rows).map(\.id), "interactive.rows.id")
    }
}

extension InteractiveContent: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            switch choice {
            case .buttons: json.member("type", "button")
            case .list: json.member("type", "list")
            }
            if let header {
                json.member("header") { json in
                    json.object { json in
                        json.member("type", "text")
                        json.member("text", header)
                    }
                }
            }
            json.member("body") { json in json.object { $0.member("text", body) } }
            if let footer { json.member("footer") { json in json.object { $0.member("text", footer) } } }
            json.member("action") { json in json.object { writeAction(to: &$0) } }
        }
    }

    private func writeAction(to json: inout JSONAppender) {
        switch choice {
        case .buttons(let buttons):
            json.member("buttons") { json in json.list { json in for button in buttons { json.append(button) } } }
        case .list(let button, let sections):
            json.member("button", button)
            json.member("sections") { json in json.list { json in for section in sections { json.append(section) } } }
        }
    }
}

extension InteractiveContent.Button: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("type", "reply")
            json.member("reply") { json in
                json.object { json in
                    json.member("id", id)
                    json.member("title", title)
                }
            }
        }
    }
}

extension InteractiveContent.Section: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.optionalMember("title", title)
            json.member("rows") { json in json.list { json in for row in rows { json.append(row) } } }
        }
    }
}

extension InteractiveContent.Row: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("id", id)
            json.member("title", title)
            json.optionalMember("description", detail)
        }
    }
}
