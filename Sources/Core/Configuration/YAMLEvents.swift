import CYAML

/// One step through a YAML text.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case alias
        case scalar(String, isPlain: Bool)
        case listStart, listEnd
        case mappingStart, mappingEnd
    }

    var kind: Kind
    var position: FilePosition
    var hasAnchor = false
    var hasTag = false
}

/// libyaml, which only this file knows: a text becomes a list of events, and a complaint where the list breaks off.
struct YAMLEvents {
    private(set) var events: [YAMLEvent] = []
    private(set) var complaint: YAMLComplaint?

    /// Walks through a UTF-8 text to its end or to the first thing that is not YAML.
    init(_ text: [UInt8]) {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else {
            complaint = YAMLComplaint(problem: "could not allocate", position: FilePosition(line: 1, column: 1))
            return
        }
        defer { yaml_parser_delete(&parser) }
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
        text.withUnsafeBufferPointer { bytes in
            yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
            walk(&parser, text)
        }
    }

    private mutating func walk(_ parser: inout yaml_parser_t, _ text: [UInt8]) {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(&parser, &event) == 1 else {
                complaint = YAMLComplaint(parser, text)
                return
            }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_STREAM_END_EVENT { return }
            if let event = YAMLEvent(event) { events.append(event) }
        }
    }
}

/// What libyaml says when it cannot go on: its own words, and where.
struct YAMLComplaint {
    var problem: String
    var position: FilePosition
    /// What it was reading, like `while scanning a simple key`; empty when it does not say.
    var context = ""
    /// Where that began.
    var contextPosition: FilePosition?
}

extension YAMLComplaint {
    fileprivate init(_ parser: yaml_parser_t, _ text: [UInt8]) {
        problem = parser.problem.map { String(cString: $0) } ?? ""
        position = FilePosition(parser.problem_mark)
        if parser.error == YAML_READER_ERROR {
            // The reader runs ahead of the marks and tells only how many bytes it has passed.
            let passed = text.prefix(parser.problem_offset)
            let lines = passed.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let column = String(decoding: lines.last ?? [], as: UTF8.self).unicodeScalars.count
            position = FilePosition(line: lines.count, column: column + 1)
        }
        if let words = parser.context {
            context = String(cString: words)
            contextPosition = FilePosition(parser.context_mark)
        }
    }
}

extension YAMLEvent {
    fileprivate init?(_ event: yaml_event_t) {
        position = FilePosition(event.start_mark)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_ALIAS_EVENT: kind = .alias
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            kind = .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            (hasAnchor, hasTag) = (scalar.anchor != nil, scalar.tag != nil)
        case YAML_SEQUENCE_START_EVENT:
            kind = .listStart
            (hasAnchor, hasTag) = (event.data.sequence_start.anchor != nil, event.data.sequence_start.tag != nil)
        case YAML_SEQUENCE_END_EVENT: kind = .listEnd
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            (hasAnchor, hasTag) = (event.data.mapping_start.anchor != nil, event.data.mapping_start.tag != nil)
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: return nil
        }
    }
}

extension FilePosition {
    fileprivate init(_ mark: yaml_mark_t) { self.init(line: mark.line + 1, column: mark.column + 1) }
}
