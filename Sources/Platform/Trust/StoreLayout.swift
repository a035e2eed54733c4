import Basics

/// Where everything stands below the store's folder, and in which order it gets there.
///
///     current -> generations/000007    what parts are to read
///     generations/000006/              what those still use that have not read the newest
///     generations/000007/ca.crt        every authority that is trusted
///     generations/000007/ca.key        the key of the first of them
///     generations/000007/ca-next.key   that of the last of them, while it is being introduced
///     generations/000007/<part>.crt    the part's certificate
///     generations/000007/<part>.key    its key
///     loaded                           the newest generation that every part has read
struct StoreLayout: Equatable, Sendable {
    let folder: String

    var current: String { "\(folder)/current" }
    var generations: String { "\(folder)/generations" }
    var loaded: String { "\(folder)/loaded" }
    var lock: String { "\(folder)/lock" }
    private var replacement: String { "\(folder)/current.new" }

    /// The name of a generation's folder, whose order is that of its number.
    static func name(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// The number of a generation's folder; nil for what is none.
    static func number(_ name: some StringProtocol) -> Int? {
        guard name.utf8.count >= 6, name.allSatisfy(\.isASCII), let number = Int(name), number > 0,
            Self.name(number) == name
        else { return nil }
        return number
    }

    func folder(of number: Int) -> String { "\(generations)/\(Self.name(number))" }

    /// The generation that a link's text leads to.
    static func number(ofLink target: String) -> Int? {
        let parts = target.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0] == "generations" ? number(parts[1]) : nil
    }

    // MARK: - Changes

    /// Makes a generation the current one: complete beside the others first, then by one step.
    func publishing(_ files: [GenerationFile], as number: Int, leftovers: [Int]) -> [FileOperation] {
        let place = folder(of: number)
        let writes = files.map {
            FileOperation.write(path: "\(place)/\($0.name)", bytes: $0.bytes, mode: $0.mode)
        }
        return leftovers.map { .remove(folder(of: $0)) } + [.remove(replacement), .makeFolder(place)] + writes + [
            .synchronise(place), .synchronise(generations), .synchronise(folder),
            .link(replacement, to: "generations/\(Self.name(number))"), .replace(current, by: replacement),
        ]
    }

    /// Notes which generation everybody has read, and removes those that nobody uses, the oldest first.
    func noting(_ number: Int, removing old: [Int]) -> [FileOperation] {
        [.overwrite(path: loaded, text: "\(Self.name(number))\n"), .remove(replacement)]
            + old.sorted().map { .remove(folder(of: $0)) }
    }
}
