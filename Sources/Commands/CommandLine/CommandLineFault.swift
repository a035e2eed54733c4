import Basics

/// What can be wrong with a command line.
enum CommandLineFault: Error, Equatable {
    case unknownCommand(String, nearest: String?)
    case unknownOption(String, nearest: String?, belongsAfterCommand: Bool)
    case valueMissing(String, option: String, next: String?)
    case valueUnwanted(String)
    case valueRefused(String, expectation: String, given: String?, nearest: String?)
    case repeated(String)
    case argumentMissing(String)
    case argumentUnexpected(String, limit: Int)

    var isUnknownCommand: Bool { if case .unknownCommand = self { true } else { false } }

    /// The fault for people, found while reading the command at `path`.
    func explained(path: [String]) -> ParlorError {
        let command = (["parlor"] + path).joined(separator: " ")
        let (what, why) = words(command: command)
        let offer = path.isEmpty ? "the commands and options there are" : "what it takes"
        return ParlorError(.usage, what, why: why, hint: "Run \"./\(command) --help\" to see \(offer).")
    }

    private func words(command: String) -> (what: String, why: String?) {
        switch self {
        case .unknownCommand(let word, let nearest):
            ("there is no command \"\(command) \(word)\"", didYouMean(nearest.map { "\(command) \($0)" }))
        case .unknownOption(let option, _, belongsAfterCommand: true):
            ("\(option) stands before the command", "options of a command follow its name")
        case .unknownOption(let option, let nearest, _):
            ("\(command) has no option \(option)", didYouMean(nearest))
        case .valueMissing(let usage, let option, let next):
            (
                "a value is missing after \(option)",
                next.map { "\"\($0)\" looks like an option; write \(option)=\($0) if it is the value" }
                    ?? "it is written \(usage)"
            )
        case .valueUnwanted(let option): ("\(option) takes no value", "it is a flag")
        case .valueRefused(let option, let expectation, let given, let nearest):
            ("\(option) wants \(expectation)" + (given.map { ", not \"\($0)\"" } ?? ""), didYouMean(nearest))
        case .repeated(let option): ("\(option) is given twice", "it takes one value")
        case .argumentMissing(let name): ("\(command) needs \(name)", nil)
        case .argumentUnexpected(let word, let limit):
            ("\"\(word)\" was not expected", "\(command) takes \(limited(to: limit))")
        }
    }

    private func limited(to limit: Int) -> String {
        switch limit {
        case 0: "no arguments"
        case 1: "one argument at most"
        default: "\(limit) arguments at most"
        }
    }

    private func didYouMean(_ words: String?) -> String? { words.map { "did you mean \"\($0)\"?" } }
}

/// The word that was probably meant: the only one that begins like it, since abbreviations are not accepted, else the
/// nearest.
func nearestWord(to word: String, among candidates: [String]) -> String? {
    let longer = candidates.filter { !word.isEmpty && $0.hasPrefix(word) }
    return longer.count == 1 ? longer.first : nearest(to: word, among: candidates)
}
