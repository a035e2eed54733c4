package import JSONText

/// Words that WhatsApp has approved, with what is to stand in their gaps.
package struct TemplateContent: Hashable, Sendable {
    /// What stands in a gap.
    package enum Parameter: Hashable, Sendable {
        /// Words.
        case text(String)
        /// A picture, for a head.
        case image(MediaSource)
        /// A document, for a head.
        case document(MediaSource)
        /// A film, for a head.
        case video(MediaSource)
    }

    /// A part of a template.
    package enum Component: Hashable, Sendable {
        /// What stands above.
        case header(Parameter)
        /// The words themselves, gap by gap.
        case body([Parameter])
        /// A button by its place, with what comes back when it is pressed.
        case quickReply(at: Int, payload: String)
        /// A button by its place, with the end of the address that it leads to.
        case link(at: Int, suffix: String)
    }

    /// The template's name.
    package let name: String
    /// Its language, like `en` or `pt_BR`.
    package let language: String
    /// What stands in its gaps.
    package let components: [Component]

    /// A template with what stands in its gaps.
    package init(_ name: String, language: String, _ components: [Component] = []) throws(MessageFault) {
        try ContentCheck.text(name, "template.name", 1...512)
        guard name.utf8.allSatisfy({ $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }) else {
            throw MessageFault("template.name", "has more than small letters, digits and underscores")
        }
        try ContentCheck.text(language, "template.language.code", 2...15)
        try ContentCheck.count(components.count, "template.components", 0...12)
        for (index, component) in components.enumerated() {
            try Self.check(component, "template.components[\(index)]")
        }
        self.name = name
        self.language = language
        self.components = components
    }

    private static func check(_ component: Component, _ part: String) throws(MessageFault) {
        switch component {
        case .header(let parameter): try check(parameter, "\(part).parameters[0]", 60)
        case .body(let parameters):
            try ContentCheck.count(parameters.count, "\(part).parameters", 1...50)
            for (index, parameter) in parameters.enumerated() {
                guard case .text = parameter else { throw MessageFault("\(part).parameters[\(index)]", "is no text") }
                try check(parameter, "\(part).parameters[\(index)]", 1024)
            }
        case .quickReply(let place, let text), .link(let place, let text):
            try ContentCheck.count(place, "\(part).index", 0...9)
            try ContentCheck.text(text, "\(part).parameters[0]", 1...256)
        }
    }

    private static func check(_ parameter: Parameter, _ part: String, _ most: Int) throws(MessageFault) {
        switch parameter {
        case .text(let text):
            try ContentCheck.text(text, "\(part).text", 1...most)
            // WhatsApp refuses these in what fills a gap.
            guard !text.contains(where: { $0 == "\n" || $0 == "\t" }), !text.contains("    ") else {
                throw MessageFault("\(part).text", "has a line break, a tab or more than three spaces in a row")
            }
        case .image(let source): try source.check("\(part).image")
        case .document(let source): try source.check("\(part).document")
        case .video(let source): try source.check("\(part).video")
        }
    }

    /// What stands in the gaps of its body, or its name where it has none.
    var words: String {
        for component in components {
            if case .body(let parameters) = component {
                return parameters.map { if case .text(let text) = $0 { text } else { "" } }.joined(separator: " ")
            }
        }
        return name
    }
}

extension TemplateContent: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("name", name)
            json.member("language") { json in json.object { $0.member("code", language) } }
            guard !components.isEmpty else { return }
            json.member("components") { json in
                json.list { json in for component in components { json.append(component) } }
            }
        }
    }
}

extension TemplateContent.Component: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            switch self {
            case .header(let parameter):
                json.member("type", "header")
                json.member("parameters") { json in json.list { $0.append(parameter) } }
            case .body(let parameters):
                json.member("type", "body")
                json.member("parameters") { json in
                    json.list { json in for parameter in parameters { json.append(parameter) } }
                }
            case .quickReply(let place, let payload): Self.button("quick_reply", place, "payload", payload, to: &json)
            case .link(let place, let suffix): Self.button("url", place, "text", suffix, to: &json)
            }
        }
    }

    private static func button(
        _ kind: String, _ place: Int, _ type: StaticString, _ text: String, to json: inout JSONAppender
    ) {
        json.member("type", "button")
        json.member("sub_type", kind)
        json.member("index", "\(place)")
        json.member("parameters") { json in
            json.list { json in
                json.object { json in
                    json.member("type", "\(type)")
                    json.member(type, text)
                }
            }
        }
    }
}

extension TemplateContent.Parameter: JSONWritable {
    /// Writes WhatsApp's form.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            switch self {
            case .text(let text):
                json.member("type", "text")
                json.member("text", text)
            case .image(let source): Self.media("image", source, to: &json)
            case .document(let source): Self.media("document", source, to: &json)
            case .video(let source): Self.media("video", source, to: &json)
            }
        }
    }

    private static func media(_ kind: StaticString, _ source: MediaSource, to json: inout JSONAppender) {
        json.member("type", "\(kind)")
        json.member(kind) { json in json.object { source.writeMember(to: &$0) } }
    }
}
