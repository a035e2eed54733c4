/// Where the objects of a folder lie: `a/b` in `objects/a/b.object`.
///
/// A name can be an object and the beginning of others at the same time, so the files of objects have an ending that no
/// folder has: in a part that is a folder, an ending like it is escaped.
struct FolderPaths: Sendable {
    private static let ending = ".object"

    let root: String

    /// What objects lie below.
    var objects: String { "\(root)/objects" }
    /// Where they are written before they are there.
    var incoming: String { "\(root)/incoming" }

    /// The file of an object.
    func file(of name: ObjectName) -> String {
        let parts = name.parts
        let folders = parts.dropLast().map { FolderPaths.folder($0) + "/" }.joined()
        return "\(objects)/\(folders)\(FolderPaths.escaped(parts[parts.count - 1]))\(FolderPaths.ending)"
    }

    /// What a part of a name is called as a folder.
    static func folder(_ part: Substring) -> String {
        let text = escaped(part)
        return text.hasSuffix(ending) ? text.dropLast(ending.count) + "%2Eobject" : text
    }

    /// What stands behind an entry of a folder: the part of a name, and whether it is an object or leads on to others;
    /// nil for what does not belong here.
    static func part(of entry: String, isFolder: Bool) -> String? {
        guard isFolder else { return entry.hasSuffix(ending) ? unescaped(entry.dropLast(ending.count)) : nil }
        return entry.hasSuffix(ending) ? nil : unescaped(Substring(entry))
    }

    private static func escaped(_ part: Substring) -> String {
        var text = ""
        for character in part.unicodeScalars {
            if character == "%" { text += "%25" } else { text.unicodeScalars.append(character) }
        }
        return text
    }

    private static func unescaped(_ text: Substring) -> String? {
        var rest = text.unicodeScalars
        var part = String.UnicodeScalarView()
        while let character = rest.popFirst() {
            guard character == "%" else {
                part.append(character)
                continue
            }
            let code = String(String.UnicodeScalarView(rest.prefix(2)))
            rest = rest.dropFirst(2)
            switch code {
            case "25": part.append("%")
            case "2E" where String(rest) == "object": part.append(".")
            default: return nil
            }
        }
        return String(part)
    }
}
