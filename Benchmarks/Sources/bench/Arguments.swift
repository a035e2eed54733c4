import Basics

/// What `bench` was asked for; `./parlor help bench` describes it.
struct Arguments {
    /// What to measure, one of `Suite.names`.
    var suite = ""
    var runs = 3
    var seconds = 3
    var seed = UInt64.random(in: 1...999_999)
    var only = ""
    var isJSON = false
    /// Where the package stands, and what was unpacked; the launcher says it.
    var package = ""
    var yardsticks = ""
    /// The program itself, where it is measured.
    var program = ""

    init(_ words: [String]) throws(ParlorError) {
        // A value may stand behind an equals sign too.
        var words = words.flatMap { word in
            word.hasPrefix("--") ? word.split(separator: "=", maxSplits: 1).map { String($0) } : [word]
        }[...]
        guard let suite = words.popFirst() else { throw Self.fault("what to measure is missing") }
        guard Suite.names.contains(suite) else { throw Self.fault("there is no benchmark \"\(suite)\"") }
        self.suite = suite
        while let word = words.popFirst() {
            switch word {
            case "--json": isJSON = true
            case "--runs": runs = try Self.number(behind: word, &words)
            case "--seconds": seconds = try Self.number(behind: word, &words)
            case "--seed": seed = UInt64(try Self.number(behind: word, &words))
            case "--only": only = try Self.value(behind: word, &words)
            case "--package": package = try Self.value(behind: word, &words)
            case "--program": program = try Self.value(behind: word, &words)
            case "--yardsticks": yardsticks = try Self.value(behind: word, &words)
            default: throw Self.fault("\"\(word)\" is not known here")
            }
        }
    }

    private static func fault(_ fact: String) -> ParlorError {
        ParlorError(.usage, fact, hint: "\"./parlor help bench\" shows what there is.")
    }

    private static func value(behind option: String, _ words: inout ArraySlice<String>) throws(ParlorError) -> String {
        guard let word = words.popFirst() else { throw fault("\(option) needs a value") }
        return word
    }

    private static func number(behind option: String, _ words: inout ArraySlice<String>) throws(ParlorError) -> Int {
        let word = try value(behind: option, &words)
        guard let number = Int(word), (1...1_000_000).contains(number) else {
            throw fault("\(option) needs a number from 1, not \"\(word)\"")
        }
        return number
    }
}
