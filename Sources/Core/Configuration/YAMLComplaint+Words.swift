extension YAMLFault {
    /// What helps most when a value begins with a character that means something to YAML.
    static let quotesHint = "Put a value that holds special characters in single quotes."
    fileprivate static let indentationHint = "Give all keys of one section the same number of spaces in front."

    /// The fault at the place where a person would look for it.
    fileprivate init(_ complaint: YAMLComplaint, atContext: Bool = false, _ message: String, hint: String? = nil) {
        let position = atContext ? complaint.contextPosition ?? complaint.position : complaint.position
        self.init(position, message, hint: hint)
    }
}

extension YAMLComplaint {
    /// The complaint in plain English; libyaml speaks of tokens and simple keys, which are not a reader's concern.
    var fault: YAMLFault {
        lexicalFault ?? structuralFault
            ?? YAMLFault(self, problem.isEmpty ? "this is not YAML" : "this is not YAML (\(problem))")
    }

    /// Characters that cannot stand where they are.
    private var lexicalFault: YAMLFault? {
        switch problem {
        case "found character that cannot start any token":
            YAMLFault(self, "no value can begin with this character", hint: YAMLFault.quotesHint)
        case "found unexpected end of stream", "found unexpected document indicator":
            YAMLFault(self, atContext: true, "the quote that opens here is never closed")
        case "found unknown escape character":
            YAMLFault(
                self, "there is no such escape in double quotes", hint: "Put text with backslashes in single quotes.")
        case "did not find expected hexdecimal number", "found invalid Unicode character escape code":
            YAMLFault(self, "an escape needs hexadecimal digits", hint: "Put text with backslashes in single quotes.")
        case "did not find expected alphabetic or numeric character":
            YAMLFault(self, atContext: true, "a value without quotes begins with & or *", hint: YAMLFault.quotesHint)
        case "control characters are not allowed":
            YAMLFault(self, "a control character stands here")
        case _ where context.contains("tag") || problem.contains("tag handle"):
            YAMLFault(self, atContext: true, "tags are not used here", hint: YAMLFault.quotesHint)
        case _ where context.contains("directive"):
            YAMLFault(
                self, atContext: true, "directives are not used here", hint: "Remove the line that begins with %.")
        default: nil
        }
    }

    /// Lines that do not fit together.
    private var structuralFault: YAMLFault? {
        switch problem {
        case "could not find expected ':'":
            YAMLFault(self, atContext: true, "a colon is missing after this word")
        case "mapping values are not allowed in this context":
            YAMLFault(
                self, "no key can stand in front of this colon",
                hint: "Put text that holds a colon in quotes, and check the indentation of the line.")
        case "block sequence entries are not allowed in this context":
            YAMLFault(self, "no list can begin here", hint: YAMLFault.indentationHint)
        case "did not find expected key", "did not find expected '-' indicator":
            YAMLFault(self, "this does not line up with the lines above it", hint: YAMLFault.indentationHint)
        case "did not find expected ',' or ']'":
            YAMLFault(
                self, atContext: true, "the bracket that opens here needs a comma between its values and a ] at its end"
            )
        case "did not find expected ',' or '}'":
            YAMLFault(
                self, atContext: true, "the brace that opens here needs a comma between its values and a } at its end")
        case "did not find expected node content":
            YAMLFault(self, "a value is missing here")
        case "did not find expected <document start>":
            YAMLFault(self, "this follows a value that was already complete", hint: YAMLFault.indentationHint)
        default: nil
        }
    }
}
