import Basics

/// Somebody who writes to a salon: who they are, what they want, and how they answer what they read.
///
/// They know nothing of the program that answers them. They read the buttons and lists that they get and press what
/// looks like what they want; a booking code in a text tells them that they have it.
struct SimulatedCustomer: Sendable {
    /// What somebody wants.
    enum Goal: Hashable, Sendable { case book, move, cancel, done, gaveUp }

    /// What somebody says.
    enum Saying: Hashable, Sendable {
        case text(String)
        case button(id: String, title: String)
        case row(id: String, title: String)
    }

    /// How often somebody says the same before giving up.
    private static let patience = 6
    /// How much somebody says in all.
    private static let sayingsMax = 60
    private static let vowels = Array("AEIOU".utf8)

    let index: Int
    let words: CustomerWords
    let name: String
    /// The salon's number that they write to.
    let number: Int
    private(set) var phone: String?
    private(set) var userID: String
    private(set) var goal = Goal.book
    /// The code that they were told last.
    private(set) var code: String?
    private(set) var codeCount = 0
    private let hasPhone: Bool
    private var random: SeededRandom
    private var wants: [Goal]
    private var misses = 0
    private var sayings = 0

    init(_ plan: SimulationPlan, _ index: Int) {
        // Each has chance of their own, so that what one does changes nothing for the others.
        var random = SeededRandom(seed: plan.seed &* 1_000_003 &+ UInt64(index))
        let words = CustomerWords.all[Int.random(in: 0..<CustomerWords.all.count, using: &random)]
        self.index = index
        self.words = words
        name = words.names[Int.random(in: 0..<words.names.count, using: &random)]
        number = index % max(plan.numbers.count, 1)
        hasPhone = Double.random(in: 0..<1, using: &random) >= plan.faults.withoutNumber
        (phone, userID) = Self.identity(words, index, generation: 0, plan.seed)
        if !hasPhone { phone = nil }
        wants =
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6: [.book]
            case 6..<8: [.book, .move]
            default: [.book, .cancel]
            }
        self.random = random
    }

    /// The zero behind the code keeps the number from being anybody's.
    private static func identity(
        _ words: CustomerWords, _ index: Int, generation: Int, _ seed: UInt64
    ) -> (String?, String) {
        let digits = String(1_000_000 + index)
        let user = String(1_000_000_000_000 + Int(seed % 1_000_000) * 1_000_000 + index)
        return ("\(words.dialling)0\(generation)\(digits.dropFirst())", "\(words.country).\(user)\(generation)")
    }

    /// Tells them from others of the same name.
    var label: String { "\(name) (\(index + 1))" }

    /// Whether they want nothing more.
    var isOver: Bool { goal == .done || goal == .gaveUp }

    /// How long they think before they answer.
    mutating func thought(atMost limit: Duration) -> Duration {
        limit * Double.random(in: 0.1...1, using: &random)
    }

    /// Chance of their own.
    mutating func happens(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }

    /// A new number, and with it a new identifier.
    mutating func changeNumber(_ seed: UInt64) {
        let (phone, userID) = Self.identity(words, index, generation: 1, seed)
        self.phone = hasPhone ? phone : nil
        self.userID = userID
    }

    /// How they begin.
    mutating func greeting() -> Saying { .text(one(of: sentences)) }

    /// What they answer; nil when there is nothing to say.
    mutating func answer(to message: JSON) -> Saying? {
        guard !isOver else { return nil }
        sayings += 1
        guard sayings < Self.sayingsMax else {
            goal = .gaveUp
            return nil
        }
        // Asked which booking is meant, they are shown its code; only words without a choice say that it was done.
        let isFinal = message["type"]?.text == "text" || goal == .book
        if isFinal, let code = Self.code(in: Self.words(of: message)), code != self.code || goal != .book {
            return reached(code)
        }
        if let choice = choice(in: message) { return choice }
        guard message["type"]?.text == "text" || message["type"]?.text == "template" else { return nil }
        misses += 1
        guard misses < Self.patience else {
            goal = .gaveUp
            return nil
        }
        return .text(one(of: sentences))
    }

    /// What they wanted happened; there may be a next thing.
    private mutating func reached(_ code: String) -> Saying? {
        if code != self.code { codeCount += 1 }
        self.code = code
        misses = 0
        wants.removeFirst()
        guard let next = wants.first else {
            goal = .done
            return .text(one(of: words.thanks))
        }
        goal = next
        return .text(one(of: sentences))
    }

    private var sentences: [String] {
        switch goal {
        case .book: words.book
        case .move: words.move
        case .cancel: words.cancel
        case .done, .gaveUp: words.thanks
        }
    }

    private mutating func one<Element>(of list: [Element]) -> Element {
        list[Int.random(in: 0..<list.count, using: &random)]
    }

    // MARK: - Reading

    private mutating func choice(in message: JSON) -> Saying? {
        guard let action = message["interactive"]?["action"] else { return nil }
        let buttons = (action["buttons"]?.elements ?? []).compactMap { $0["reply"] }.map(Self.option)
        if !buttons.isEmpty { return pick(buttons).map { .button(id: $0.id, title: $0.title) } }
        let rows = (action["sections"]?.elements ?? []).flatMap { $0["rows"]?.elements ?? [] }.map(Self.option)
        return pick(rows).map { .row(id: $0.id, title: $0.title) }
    }

    private static func option(_ json: JSON) -> (id: String, title: String) {
        (json["id"]?.text ?? "", json["title"]?.text ?? "")
    }

    /// What looks like what they want, else what agrees, else anything that does not lead back.
    private mutating func pick(_ options: [(id: String, title: String)]) -> (id: String, title: String)? {
        guard !options.isEmpty else { return nil }
        let keys =
            switch goal {
            case .book: words.bookKeys
            case .move: words.moveKeys
            case .cancel: words.cancelKeys
            case .done, .gaveUp: words.yes
            }
        for keys in [keys, words.yes] {
            let matching = options.filter { Self.says($0.title, keys) }
            if !matching.isEmpty { return one(of: matching) }
        }
        let onward = options.filter { !Self.says($0.title, words.no) }
        return one(of: onward.isEmpty ? options : onward)
    }

    private static func says(_ title: String, _ keys: [String]) -> Bool {
        let words = title.lowercased().split { !$0.isLetter }
        return keys.contains { key in words.contains { $0.hasPrefix(key) } }
    }

    private static func words(of message: JSON) -> String {
        message["text"]?["body"]?.text ?? message["interactive"]?["body"]?["text"]?.text ?? ""
    }

    /// A booking code: six capital letters and digits that are no word.
    static func code(in text: String) -> String? {
        text.split { !($0.isLetter || $0.isNumber) }.first { word in
            let letters = word.utf8.filter { (0x41...0x5A).contains($0) }
            let digits = word.utf8.count { (0x30...0x39).contains($0) }
            return letters.count + digits == 6 && word.utf8.count == 6 && !letters.isEmpty
                && (digits > 0 || !letters.contains { Self.vowels.contains($0) })
        }.map(String.init)
    }
}
