/// An element of a small document as a whole.
struct XMLElement: Equatable {
    /// The name without a prefix.
    let name: String
    /// The elements in it.
    private(set) var children: [XMLElement] = []
    /// The text in it, that of its children left out.
    private(set) var text = ""

    private init(name: String) { self.name = name }

    /// Reads a document.
    init(reading bytes: [UInt8]) throws(XMLReader.Fault) {
        var reader = XMLReader(bytes)
        var open: [XMLElement] = [XMLElement(name: "")]
        while true {
            switch try reader.next() {
            case .start(let name): open.append(XMLElement(name: name))
            case .text(let text): open[open.count - 1].text += text
            case .end:
                let element = open.removeLast()
                open[open.count - 1].children.append(element)
            case .done:
                // The reader sees to it that there is one root.
                self = open[0].children[0]
                return
            }
        }
    }

    /// The first child of that name.
    subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The text of the first child of that name.
    func value(_ name: String) -> String? { self[name]?.text }

    /// Every child of that name.
    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// Text with what means something in a document escaped.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
