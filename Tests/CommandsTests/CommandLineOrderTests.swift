import Basics
import TestSupport
import Testing

@testable import Commands

/// Random command lines, each built twice: in plain order, and in another order with other spellings.
@Suite struct CommandLineOrderTests {
    @Test("The order and the spelling of options change nothing")
    func orderAndSpelling() throws {
        var generator = SeededGenerator()
        let parser = CommandLineParser(main: Command.main.declaration, general: OptionDeclaration.general)
        let leaves = Command.main.declaration.leaves
        for _ in 0..<2000 {
            guard let leaf = leaves.randomElement(using: &generator) else { return }
            let line = RandomLine(path: leaf.path, command: leaf.command, using: &generator)
            let plain = line.plain()
            let shuffled = line.shuffled(using: &generator)
            let first = try parser.parse(plain)
            #expect(try parser.parse(shuffled) == first, "\(plain) and \(shuffled): \(generator.note)")
            #expect(first == .command(line.expected), "\(plain): \(generator.note)")
        }
    }
}

/// Options and arguments that go together, chosen at random.
private struct RandomLine {
    /// An option, with its value unless it is a flag.
    struct Given {
        let option: OptionDeclaration
        let value: String?
        let isGeneral: Bool
    }

    let path: [String]
    var given: [Given] = []
    var arguments: [String] = []

    init(path: [String], command: CommandDeclaration, using generator: inout SeededGenerator) {
        self.path = path
        let general = OptionDeclaration.general.filter { $0.name != "help" }
        for (option, isGeneral) in command.options.map({ ($0, false) }) + general.map({ ($0, true) }) {
            let most = option.isRepeatable || option.value == nil ? 3 : 1
            for _ in 0..<Int.random(in: 0...most, using: &generator) {
                let value = option.value.map { RandomLine.value(of: $0.kind, using: &generator) }
                given.append(Given(option: option, value: value, isGeneral: isGeneral))
            }
        }
        for argument in command.arguments {
            let count = Int.random(
                in: (argument.isOptional ? 0 : 1)...(argument.isRepeatable ? 3 : 1), using: &generator)
            arguments += (0..<count).map { _ in RandomLine.value(of: .text, using: &generator) }
        }
    }

    private static func value(of kind: ValueKind, using generator: inout SeededGenerator) -> String {
        let values: [String]
        switch kind {
        case .text: values = ["parlor.yaml", "-", "-5", "a b", "süß", "up"]
        case .count: values = ["0", "7", "100000"]
        case .factor: values = ["0.005", "1", "1e-3"]
        case .date: values = ["2026-03-01", "2024-02-29"]
        case .duration: values = ["5s", "250ms", "2h"]
        case .bytes: values = ["64MB", "2 GB", "4096"]
        case .assignment: values = ["a=1", "a.b=c=d", "a=", "a=-b"]
        case .choice(let words): values = words
        }
        return values.randomElement(using: &generator) ?? ""
    }

    var expected: ParsedCommand {
        var parsed = ParsedCommand()
        parsed.path = path
        parsed.arguments = arguments
        for given in given {
            if let value = given.value {
                parsed.values[given.option.name, default: []].append(value)
            } else {
                parsed.flags.insert(given.option.name)
            }
        }
        return parsed
    }

    func plain() -> [String] {
        path + given.flatMap { [$0.option.spelling] + ($0.value.map { [$0] } ?? []) } + arguments
    }

    /// General options stand anywhere, the command's own behind its name; values of one option and arguments keep
    /// their order.
    func shuffled(using generator: inout SeededGenerator) -> [String] {
        // One place before each word of the path, and one behind them; the command's own options go into the last.
        var places = [[Given]](repeating: [], count: path.count + 1)
        var earliest: [String: Int] = [:]
        for item in given {
            let name = item.option.name
            let place =
                item.isGeneral ? Int.random(in: earliest[name, default: 0]...path.count, using: &generator) : path.count
            earliest[name] = place
            places[place].append(item)
        }
        var words: [String] = []
        for (place, word) in zip(places, path) {
            words += spelled(shuffle(place, using: &generator), using: &generator) + [word]
        }
        let last = shuffle(places[path.count], using: &generator)
        if Bool.random(using: &generator) { return words + spelled(last, using: &generator) + ["--"] + arguments }
        let cut = Int.random(in: 0...last.count, using: &generator)
        words += spelled(Array(last[..<cut]), using: &generator) + arguments
        return words + spelled(Array(last[cut...]), using: &generator)
    }

    /// A random order in which the occurrences of one option keep theirs.
    private func shuffle(_ items: [Given], using generator: inout SeededGenerator) -> [Given] {
        var queues = Dictionary(grouping: items, by: \.option.name)
        return items.map(\.option.name).shuffled(using: &generator).compactMap { queues[$0]?.removeFirst() }
    }

    private func spelled(_ items: [Given], using generator: inout SeededGenerator) -> [String] {
        var words: [String] = []
        var clusterIsOpen = false
        for item in items {
            guard let letter = item.option.letter, Bool.random(using: &generator) else {
                words += long(item, using: &generator)
                clusterIsOpen = false
                continue
            }
            if clusterIsOpen, let last = words.indices.last, Bool.random(using: &generator) {
                words[last] += "\(letter)"
            } else {
                words.append("-\(letter)")
            }
            clusterIsOpen = item.value == nil
            guard let value = item.value, let last = words.indices.last else { continue }
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: words[last] += value
            case 1: words[last] += "=\(value)"
            default: words.append(value)
            }
        }
        return words
    }

    private func long(_ item: Given, using generator: inout SeededGenerator) -> [String] {
        guard let value = item.value else { return [item.option.spelling] }
        let attached = Bool.random(using: &generator)
        return attached ? ["\(item.option.spelling)=\(value)"] : [item.option.spelling, value]
    }
}
